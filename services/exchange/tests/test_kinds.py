"""Every agency has a kind, from the table of those of the start or from its agreement; rules go by it (ID-7)."""

import json
from typing import Any, get_args

import pytest
from chassis.clock import new_id
from exchange.app import SERVICE
from exchange.commands import Agree
from exchange.settings import AGREEMENTS
from exchange.use_cases.seeding import read_agreements, seed
from nrm_events.taking_part import AGENCIES, AgencyKind
from sqlalchemy import text

from .givens import AMC, Door, a_line, an_agreement, assisted, at, granted, opened, withdrawn

KINDS = get_args(AgencyKind)
NOBODY_KNOWS = "quite-new"


async def test_services_learn_the_kind_of_who_joins(door: Door) -> None:
    for kind in KINDS:
        code = f"new-{kind.replace('_', '')[:12]}"
        shown = await door.joins(code, kind, tells=[])
        ((name, joined),) = await door.published_of(code)
        assert (name, joined["kind"], shown["kind"], shown["agreement"]["kind"]) == ("AgencyJoined", kind, kind, kind)


async def test_whoever_is_not_police_receives_by_consent_under_a_code_nobody_knows(door: Door) -> None:
    """ID-12: what the person agreed to, whatever the agency is called. Police receive nothing by it (ID-7)."""
    received = {}
    for kind in KINDS:
        code = f"new-{kind.replace('_', '')[:12]}"
        await door.joins(code, kind, **({"tells": []} if kind == "police" else {}))
        case = new_id()
        consent = granted(case, code)
        await door.receives(consent, assisted(case))
        await door.receives(withdrawn(consent, 5))
        received[kind] = [name for name, _ in await door.sent_to(code)]
    by_consent = ["EventShared", "ConsentEnded"]
    assert received == {kind: [] if kind == "police" else by_consent for kind in KINDS}


async def test_an_agency_whose_kind_nobody_stated_receives_nothing(door: Door) -> None:
    """It joined before agreements had a kind: it counts as police until a newer edition states what it is."""
    await door.joins(NOBODY_KNOWS, "ngo")
    async with door.service.session() as session:
        await session.execute(text("update joined_agency set kind = null where code = 'quite-new'"))
    case = new_id()
    consent = granted(case, NOBODY_KNOWS)
    await door.receives(consent, assisted(case))
    await door.receives(withdrawn(consent, 5))
    assert await door.sent_to(NOBODY_KNOWS) == []
    shown = await door.shows(NOBODY_KNOWS)
    assert (shown["kind"], shown["agreement"]["kind"]) == (None, "ngo")
    await door.joins(NOBODY_KNOWS, "ngo", edition=2)
    case = new_id()
    await door.receives(granted(case, NOBODY_KNOWS), assisted(case))
    assert len(await door.sent_to(NOBODY_KNOWS)) == 1


@pytest.mark.parametrize("kind", [None, "", "secret service", "Police"])
async def test_an_agreement_without_a_kind_is_refused(door: Door, kind: str | None) -> None:
    faults = await door.refuses(an_agreement(kind=kind))
    assert [(where, code) for where, code, _ in faults] == [
        ("body.kind", "literal_error" if kind is not None else "missing")
    ]
    assert (await door.operator.get("/api/agencies/iom-baku")).status_code == 404


async def test_an_agency_of_the_start_has_the_kind_of_the_table(door: Door) -> None:
    for code, agency in AGENCIES.items():
        other = "ngo" if agency.kind != "ngo" else "police"
        ((where, fault, sentence),) = await door.refuses(an_agreement(code, other, edition=9, tells=[]))
        assert (where, fault) == ("body.kind", "other_kind")
        assert agency.kind in sentence
        assert (await door.joins(code, agency.kind, edition=9, tells=[]))["kind"] == agency.kind


@pytest.mark.parametrize("act", [None, "suspension", "removal"])
async def test_a_kind_never_changes(door: Door, act: str | None) -> None:
    """Another kind is another agency, under a code of its own; also after it was removed."""
    await door.joins(NOBODY_KNOWS, "police", tells=[])
    if act:
        await door.acts(NOBODY_KNOWS, act, reason="agreement_ended")
    for path in ("agreement/check", "agreement"):
        answer = await door.operator.post(
            f"/api/agencies/{NOBODY_KNOWS}/{path}", an_agreement(NOBODY_KNOWS, "ngo", edition=2)
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "kind_cannot_change")
        assert answer.json()["facts"] == {"kind": "police"}
    assert (await door.shows(NOBODY_KNOWS))["edition"] == 1


async def test_the_agreements_of_the_start_state_the_kinds_of_the_table(door: Door) -> None:
    for agreement in read_agreements(AGREEMENTS):
        assert agreement.kind == AGENCIES[agreement.agency].kind
        ((name, joined),) = await door.published_of(agreement.agency)
        assert (name, joined["kind"]) == ("AgencyJoined", agreement.kind)


async def test_a_higher_edition_that_ships_replaces_the_one_in_force(door: Door) -> None:
    """At `migrate`: who was suspended stays so, who was removed stays out, an operator's own edition stands."""
    await door.acts("ngo-acu", "suspension", reason="flooding")
    await door.acts("ngo-clean-world", "removal", reason="agreement_ended")
    own = an_agreement(AMC, "ngo", edition=7, title="Our own")
    await door.acts(AMC, "agreement", **own)
    shipped = [
        Agree.model_validate(agreement.model_dump(by_alias=True) | {"edition": 4, "title": "Shipped"})
        for agreement in read_agreements(AGREEMENTS)
    ]
    for _ in range(2):
        async with door.service.session() as session:
            await seed(SERVICE.unit_of_work(session, at(9)), shipped)
    listed = (await door.operator.get_ok("/api/agencies"))["items"]
    assert {one["code"]: (one["state"], one["edition"], one["title"] == "Shipped") for one in listed} == {
        "ngo-acu": ("suspended", 4, True),
        "ngo-amc": ("active", 7, False),
        "ngo-clean-world": ("removed", 3, False),
        "sms": ("active", 4, True),
    }


async def test_an_edition_of_the_first_format_narrows_and_never_widens(door: Door) -> None:
    """It names a purpose on every line: that consent is needed as well, and a line the law has not opens nothing."""
    old: dict[str, Any] = an_agreement(AMC, "ngo", edition=8) | {
        "tells": [
            a_line("identification.CaseOpened", "age_group", ground="addressed", field="holder", purpose="assistance"),
            a_line("shelter.AssistanceGiven", "kind", ground="consent", purpose="legal_aid", field=None),
        ],
        "until": None,
    }
    del old["kind"]
    async with door.service.session() as session:
        await session.execute(
            text("insert into agreement values (:agency, 8, cast(:content as jsonb), now())"),
            {"agency": AMC, "content": json.dumps(old)},
        )
        await session.execute(text("update agency set edition = 8 where code = :agency"), {"agency": AMC})
    assert (await door.shows(AMC))["agreement"]["kind"] is None
    case = new_id()
    await door.receives(granted(case, AMC, purpose="legal_aid"), assisted(case), opened(case, AMC))
    assert await door.sent_to(AMC) == []
    other = new_id()
    await door.receives(granted(other, AMC, days=0, purpose="assistance", data_class="identity"), opened(other, AMC))
    assert [event for event, _, _ in await door.shared_with(AMC)] == ["identification.CaseOpened"]
