"""Every action × every role × every basis over HTTP, and which fields each basis shows: from the rights table."""

import re
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from casework.testing import Scene, fields_by_basis, routes, wrong_answers
from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference
from repatriation.app import SERVICE
from repatriation.domain.bars import BAR
from repatriation.domain.permits import PERMIT
from repatriation.domain.returns import RETURN
from repatriation.parameters import PACKAGE
from repatriation.rights import RIGHTS
from repatriation.views import bars, permits, returns

from .givens import NOTICE, a_recognised_case, bars_of, lodged_permit, requested_return

READ = {"version", "effective_at", "advisory", "since", "re_examine", "lifted_at", "actions"}
ALL_OF_A_BAR = NOTICE | READ | {"basis", "clocks"}
CERTIFICATE = {
    "bar_id", "case_id", "case_ref", "until", "issued_at", "issuer", "number", "check", "holder", "legal", "text",
}  # fmt: skip
PERMIT_FIELDS = {
    "id", "case_id", "case_ref", "age_group", "state", "version", "effective_at", "valid_until", "apply_by",
    "re_examine", "follows", "lawful_stay_ends", "registered_at", "fee_qepik", "fingerprints_taken",
    "fingerprints", "fingerprints_from_age", "waived_documents", "standing_refusal_grounds", "waived_refusal_grounds",
    "refusal_grounds_now", "opinions", "decisions", "actions", "clocks",
}  # fmt: skip
HANDED = {
    "id", "case_id", "case_ref", "age_group", "state", "version", "effective_at", "country", "agency", "requested_at",
    "departed_at", "handover_to", "handed_over_at", "ended_without_body", "visits", "actions", "clocks",
}  # fmt: skip
GATES = {
    "consent_at", "risk_level", "retrafficking_risk", "risk_assessed_at", "guardian", "best_interests",
    "opinion_heard", "opinion_age", "claims_checked_at", "open_claims", "payer", "re_examine", "gates",
}  # fmt: skip

BAR_BY_CASEWORKER = {
    "holder": ALL_OF_A_BAR | {"told"},
    "formal_body": ALL_OF_A_BAR,
    "guardian_authority": ALL_OF_A_BAR,
    "serves/place": ALL_OF_A_BAR - {"basis"},
    "serves/handover": ALL_OF_A_BAR - {"basis"},
    "consent/legal_aid": ALL_OF_A_BAR - {"basis"},
    "consent/joint_assessment": ALL_OF_A_BAR,
    "consent/removal_bar": NOTICE | {"clocks"},
}
BY_HAND_OVER = {"holder": ALL_OF_A_BAR | {"told"}, "formal_body": ALL_OF_A_BAR}
AT_DESKS = ("reporter", "assessor", "reintegration-worker", "shelter-manager", "shelter-worker")
HOLDS_OR_SERVES = ("holder", "formal_body", "serves/place", "serves/handover")
PERMIT_BY_CASEWORKER = dict.fromkeys(
    ("holder", "formal_body", "consent/residence_permit", "consent/legal_aid"), PERMIT_FIELDS
)
OF_A_RETURN = {
    "holder": HANDED | GATES,
    "guardian_authority": HANDED | GATES,
    "consent/return": HANDED | GATES,
    "asked/return_handover": HANDED,
    "serves/return_handover": HANDED,
}
FOUND = {"items", "next"}
FINDS = {
    "find_case as motion-officer": dict.fromkeys(BY_HAND_OVER, FOUND),
    "find_case as migration-officer": dict.fromkeys((*BY_HAND_OVER, "consent/residence_permit"), FOUND),
    "find_case as caseworker": dict.fromkeys((*BY_HAND_OVER, "consent/residence_permit", "consent/return"), FOUND),
    "find_case as return-officer": dict.fromkeys(("holder", "consent/return"), FOUND),
}
EXPECTED = {
    "see_bars as caseworker": BAR_BY_CASEWORKER,
    "see_bars as migration-officer": BAR_BY_CASEWORKER | {"told_of_bar": NOTICE | {"clocks"}},
    "see_bars as return-officer": BAR_BY_CASEWORKER | {"told_of_bar": NOTICE | {"clocks"}},
    "see_bars as motion-officer": BY_HAND_OVER,
    **{f"see_bars as {role}": dict.fromkeys(HOLDS_OR_SERVES, NOTICE | {"clocks"}) for role in AT_DESKS},
    **{f"print_certificate as {role}": dict.fromkeys(HOLDS_OR_SERVES, CERTIFICATE) for role in AT_DESKS},
    "print_certificate as return-officer": dict.fromkeys((*BAR_BY_CASEWORKER, "told_of_bar"), CERTIFICATE),
    "print_certificate as caseworker": dict.fromkeys(BAR_BY_CASEWORKER, CERTIFICATE),
    "print_certificate as migration-officer": dict.fromkeys((*BAR_BY_CASEWORKER, "told_of_bar"), CERTIFICATE),
    "print_certificate as motion-officer": dict.fromkeys(BY_HAND_OVER, CERTIFICATE),
    **FINDS,
    "see_permits as caseworker": PERMIT_BY_CASEWORKER,
    "see_permits as motion-officer": dict.fromkeys(BY_HAND_OVER, PERMIT_FIELDS | {"ground"}),
    "see_permits as migration-officer": {
        "consent/legal_aid": PERMIT_FIELDS,
        **dict.fromkeys(
            ("holder", "formal_body", "consent/residence_permit", "asked/permit", "serves/permit"),
            PERMIT_FIELDS | {"ground"},
        ),
    },
    "see_returns as caseworker": OF_A_RETURN,
    "see_returns as return-officer": OF_A_RETURN,
}
"""Written by hand (access by basis): read and role, basis, and the fields that are there."""


@pytest.fixture
async def scene(repatriation: ServiceUnderTest) -> Scene:
    """An adult's case with a bar, an application for a permit and a return."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    permit, row = await lodged_permit(repatriation, case), await requested_return(repatriation, case)
    return Scene(
        case_id=case,
        ids={"bar_id": bar["id"], "permit_id": permit, "return_id": row},
        queries={"find_case": {"case_ref": case_reference(case)}},
        refs={"told_of_bar": UUID(bar["id"]), "permit": UUID(permit), "return_handover": UUID(row)},
    )


@pytest.fixture
def signed_in(repatriation: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody signs in anew, and a token that expired on the way is a failure and never an answer.

    The harness takes every refusal that it does not know for a granted request.
    """
    monkeypatch.setattr("chassis.testing.people._tokens", {})

    async def is_signed_in(answer: httpx.Response) -> None:
        assert answer.status_code != 401, "a token expired before the last request"

    repatriation.http.event_hooks["response"].append(is_signed_in)


@pytest.mark.parametrize("family", ["bars", "cases", "permits", "returns"])
@pytest.mark.usefixtures("signed_in")
async def test_every_action_by_every_role_on_every_basis(
    repatriation: ServiceUnderTest, scene: Scene, family: str
) -> None:
    """ID-7, ID-11, ID-12: granted, 403 for another basis, 404 for none, exactly as the table has it."""
    by_family: dict[str, set[str]] = {}
    for _, route, action in routes(repatriation):
        by_family.setdefault(route.path.split("/")[2], set()).add(action)
    assert by_family.keys() == {"bars", "cases", "permits", "returns"}
    others = frozenset().union(*(actions for name, actions in by_family.items() if name != family))
    assert await wrong_answers(repatriation, replace(scene, skip=others)) == []


@pytest.mark.usefixtures("signed_in")
async def test_each_basis_shows_these_fields_and_no_other(repatriation: ServiceUnderTest, scene: Scene) -> None:
    """RP-4, ID-12: what the viewer may not read is absent, not null."""
    shown = await fields_by_basis(repatriation, scene)
    found = {
        action: {_named(basis): {_top(path) for path in paths} for basis, paths in by_basis.items()}
        for action, by_basis in shown.items()
    }
    assert found == EXPECTED


def _named(basis: str) -> str:
    """Without the class of data: no cell here depends on it."""
    return "/".join(basis.split("/")[:2])


def _top(path: str) -> str:
    return path.split(".")[0].removesuffix("[]")


def test_police_have_no_right_by_consent_id_7() -> None:
    """ID-7: of a motion officer no cell names anything but the hand-over and the holder."""
    for action, cells in RIGHTS.items():
        cell = cells.get("motion-officer", "none")
        assert isinstance(cell, tuple) or cell == "none", action
        assert isinstance(cell, str) or {needed.name for needed in cell} <= {"holder", "formal_body"}, action


def test_every_audited_act_has_its_part_of_a_history() -> None:
    """ID-12: an act that no part names would be shown to nobody."""
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (*(PACKAGE / "use_cases").glob("*.py"), PACKAGE / "clocks.py")
    )
    audited = set(re.findall(r'\baudit\(\s*\w+,\s*"(\w+)"', sources)) | {"suspend", "refuse_for_risk"}
    parts = {**bars.PART_OF, **permits.PART_OF, **returns.PART_OF}
    assert audited <= parts.keys()
    assert set(parts.values()) <= set(SERVICE.every_right)
    shared = {"confirm", "extend"}  # acts of two machines, each in its own table of parts
    assert set(BAR.actions) <= bars.PART_OF.keys()
    assert set(PERMIT.actions) <= permits.PART_OF.keys()
    assert set(RETURN.actions) <= returns.PART_OF.keys()
    assert bars.PART_OF.keys() & permits.PART_OF.keys() <= shared | {"re_examine"}
