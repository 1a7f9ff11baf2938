"""Every action × every role × every basis over HTTP, and which fields each basis shows: from the rights table."""

import re
from uuid import UUID, uuid4

import pytest
from casework.testing import Scene, fields_by_basis, people_by_role, wrong_answers
from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference
from shelter.app import SERVICE
from shelter.settings import PACKAGE
from shelter.views import conflicts, handovers, stays
from sqlalchemy import text

from .givens import CASEWORKER, LATER, OFFICER, WORKER, a_case, a_handover, a_resident, the_person_agrees

ALWAYS = {"id", "case_id", "case_ref", "state", "version", "sex", "age_group", "admitted_at", "actions", "clocks"}
SINCE_UNTIL = ALWAYS | {"ends_on", "ends_at", "ended_at"}
REQUEST = {
    "asked_by", "category", "track", "children", "accessibility", "region", "region_rule", "protection", "wanted_from",
    "requested_at", "reasons",
}  # fmt: skip
AT_OPERATOR = {
    "operator", "view", "offered_at", "offered_from", "lapses_at", "counted_from", "unconditional_until", "how", "to",
    "transferred_from",
}  # fmt: skip
CARE = {"extensions", "re_examine_since", "re_examine_reason", "re_examine_reasons", "warnings"}
RESPONSIBLE = SINCE_UNTIL | REQUEST | AT_OPERATOR | {"addressed_to"} | CARE
OF_OTHER_HOUSE = SINCE_UNTIL | REQUEST | {"addressed_to"}
OWN_STAY = RESPONSIBLE | {"services", "place"}
OTHERS_WHO_SERVE = {"serves/handover": SINCE_UNTIL, "serves/other": SINCE_UNTIL}

OF_ANY_AGENCY = OTHERS_WHO_SERVE | {
    "holder": RESPONSIBLE,
    "formal_body": RESPONSIBLE - CARE,
    "guardian_authority": RESPONSIBLE | {"services"},
    "asked/place": OF_OTHER_HOUSE,
    "serves/place": OWN_STAY - {"place"},  # an operator by its basis, and the bed is another agency's
    "serves/former_place": OWN_STAY - {"place"},
}
OF_THE_OPERATOR = OF_ANY_AGENCY | {
    "asked/place": SINCE_UNTIL | REQUEST | AT_OPERATOR | {"addressed_to", "place"},
    "serves/place": OWN_STAY,
    "serves/former_place": OWN_STAY,
}
STAY = {
    "caseworker": OF_ANY_AGENCY,
    "assessor": OF_ANY_AGENCY,
    "reporter": OF_ANY_AGENCY,
    "shelter-manager": OF_THE_OPERATOR,
    "shelter-worker": OF_THE_OPERATOR,
    "reintegration-worker": dict.fromkeys(OF_ANY_AGENCY, SINCE_UNTIL)
    | dict.fromkeys(("guardian_authority", "serves/place", "serves/former_place"), SINCE_UNTIL | {"services"}),
}
"""Written by hand (access by basis): role, basis, and the fields of a stay that goes on."""

OWN_ALONE = {
    r"\{stay_id\}.* by consent/shelter/.*: not_found": "a consent to find a shelter shows the agency's own requests",
    r"\{handover_id\}.* by (formal_body|serves/place|serves/former_place): not_found": "and its own hand-overs",
    # the shelter managers of the scene are police, who read what they named alone
    r"\{named_id\}.* (as shelter-manager by holder|by (?!holder)[^:]+): not_found": "and a conflict that it named",
}
"""Where the object must be the agency's own beside the basis: not one of the scene is."""


@pytest.fixture
async def scene(shelter: ServiceUnderTest) -> Scene:
    """A stay that goes on, a hand-over that waits, a conflict; the person agreed to show the stay to every agency."""
    case, other = await a_case(shelter), await a_case(shelter)
    stay = await a_resident(shelter, case)
    service = {"service": "medicine", "payer": "mia-shelter", "happened_at": LATER}
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/services", service)
    extension = {"reason": "recovery", "happened_at": LATER}
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/extension-request", extension)
    handover = await a_handover(shelter, case)
    pair = {"case_id": str(case), "other_case_id": str(other), "kind": "threat"}
    conflict = await shelter.person(OFFICER).post_ok("/api/conflicts", pair)
    by_reference = {"case_id": str(case), "other_case_ref": case_reference(uuid4()), "kind": "threat"}
    named = await shelter.person(OFFICER).post_ok("/api/conflicts-by-reference", by_reference)
    agencies = {username.partition(".")[0] for username in people_by_role().values()}
    for agency in agencies:
        await the_person_agrees(shelter, case, agency)
    async with shelter.session() as session:
        known = "insert into case_access (case_id, agency, basis, since) values (:case, :agency, 'holder', now())"
        for agency in agencies - {"ngo-amc"}:
            await session.execute(text(f"{known} on conflict do nothing"), {"case": other, "agency": agency})
    return Scene(
        case_id=case,
        ids={
            "stay_id": stay["id"],
            "handover_id": handover["id"],
            "conflict_id": conflict["id"],
            "named_id": named["id"],
            "other_case_id": str(other),
            "bed_id": stay["place"]["bed_id"],
        },
        bodies={"/api/services": {"services": {stay["id"]: ["food"]}}},
        queries={"find_case": {"case_ref": case_reference(case)}},
        refs={
            "place": UUID(stay["id"]),
            "former_place": UUID(stay["id"]),
            "handover": UUID(handover["id"]),
        },
    )


@pytest.mark.timeout(900)
async def test_every_action_by_every_role_on_every_basis(shelter: ServiceUnderTest, scene: Scene) -> None:
    """ID-7, ID-12, SH-7: granted, 403 for another basis, 404 for none, exactly as the table has it."""
    wrong = await wrong_answers(shelter, scene)
    assert [line for line in wrong if not any(re.search(own, line) for own in OWN_ALONE)] == []
    assert all(any(re.search(own, line) for line in wrong) for own in OWN_ALONE), "each exception is one"


@pytest.mark.timeout(900)
async def test_each_basis_shows_these_fields_and_no_other(shelter: ServiceUnderTest, scene: Scene) -> None:
    """SH-7, SH-8, ID-12: golden sets; what the viewer may not read is absent, not null.

    Whoever may not know of a stay sees neither from a hand-over that there was one, nor from a conflict that there are.
    """
    shown = await fields_by_basis(shelter, scene)
    for role, by_basis in STAY.items():
        found = {basis: {_top(path) for path in paths} for basis, paths in shown[f"see_stays as {role}"].items()}
        assert found == by_basis, role
    of_a_handover, of_a_conflict = shown["see_handovers as caseworker"], shown["see_conflicts as caseworker"]
    assert {basis: "stay_id" in paths for basis, paths in of_a_handover.items()} == {
        "holder": True,
        "guardian_authority": True,
        "asked/handover": False,
        "serves/handover": True,
    }
    assert {basis: any("together_now" in path for path in paths) for basis, paths in of_a_conflict.items()} == {
        "holder": True,
        "formal_body": False,
        "serves/place": True,
    }


def _top(path: str) -> str:
    return path.split(".")[0].removesuffix("[]")


def test_every_audited_act_on_an_object_with_a_history_has_its_part() -> None:
    """ID-12: an act that no part names would be shown to nobody."""
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (*(PACKAGE / "use_cases").glob("*.py"), PACKAGE / "clocks.py")
    )
    of_a_stay = set(re.findall(r'\b(?:audit_stay|transition|end_request)\(\s*uow, stay, "(\w+)"', sources))
    of_others = set(re.findall(r'\b_audit\(\s*uow, "(\w+)", (?:handover|conflict)', sources))
    assert len(of_a_stay) > 10
    assert of_a_stay <= stays.PART_OF.keys()
    assert of_others == {*handovers.PART_OF, *conflicts.PART_OF}
    parts = {*stays.PART_OF.values(), *handovers.PART_OF.values(), *conflicts.PART_OF.values()}
    assert parts <= set(SERVICE.every_right)


async def test_the_caseworker_who_holds_the_case_is_nobodys_operator(shelter: ServiceUnderTest) -> None:
    """SH-7: an agency that holds the case and has a house of its own does not see another's house by that."""
    stay = await a_resident(shelter)
    seen = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}")
    assert (seen["operator"], "place" in seen, "services" in seen) == ("mia-shelter", False, False)
