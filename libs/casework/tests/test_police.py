"""Police know of a case by its hand-over and never by a consent, whoever says what of whom (ID-7)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from casework import access
from casework.access import Access
from casework.agencies import POLICE_OF_THE_START
from casework.bases import HOLDER, Basis, consent, requested
from chassis.testing import ServiceUnderTest
from nrm_events import exchange
from nrm_events.corpus import made
from nrm_events.identification import ConsentGranted, VictimReferred
from nrm_events.taking_part import AGENCIES, SPECIAL_POLICE_BODY, AgencyKind
from sqlalchemy import text

from .givens import AT, acting, known

NGO = "ngo-amc"


def agreed(case_id: UUID, recipient: str, kind: AgencyKind | None) -> ConsentGranted:
    return ConsentGranted(
        effective_at=AT,
        case_id=case_id,
        consent_id=uuid4(),
        recipient=recipient,
        purpose="legal_aid",
        data_class="needs",
        recipient_kind=kind,
    )


def joined(code: str, kind: str | None) -> exchange.AgencyJoined:
    facts = exchange.AgencyJoined.model_validate_json(made(exchange.AgencyJoined).value).model_dump()
    return exchange.AgencyJoined.model_validate(facts | {"agency": code, "kind": kind, "agency_id": uuid4()})


async def _knows(desk: ServiceUnderTest, event: ConsentGranted) -> bool:
    await desk.receives(event)
    return {agency for agency, _ in await known(desk, event.case_id)} == {event.recipient}


@pytest.mark.parametrize("code", AGENCIES)
@pytest.mark.parametrize("stated", ["missing", "true", "ngo", "police"])
async def test_agencies_of_the_start(desk: ServiceUnderTest, code: str, stated: str) -> None:
    """Nobody makes an NGO of a police body by saying so; what is said to be police gets nothing."""
    true = AGENCIES[code].kind
    kind: Any = {"missing": None, "true": true}.get(stated, stated)
    assert await _knows(desk, agreed(uuid4(), code, kind)) == (true != "police" and kind != "police")


@pytest.mark.parametrize(
    ("known_as", "stated", "opens"),
    [
        ("ngo", None, True),
        ("ngo", "ngo", True),
        ("ngo", "police", False),
        ("police", None, False),
        ("police", "ngo", False),
        (None, None, False),
        (None, "ngo", True),
        (None, "police", False),
        ("nobody", None, False),
        ("nobody", "ngo", True),
        ("nobody", "police", False),
    ],
)
async def test_agencies_that_joined_or_have_not_been_heard_of(
    desk: ServiceUnderTest, known_as: str | None, stated: AgencyKind | None, opens: bool
) -> None:
    """`nobody`: the event of the agency has not come yet. An unknown kind counts as police."""
    code = "a" + uuid4().hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))
    if known_as != "nobody":
        await desk.receives(joined(code, known_as))
    assert await _knows(desk, agreed(uuid4(), code, stated)) == opens


async def test_an_agency_that_turns_out_to_be_police_loses_its_consents_and_nothing_else(
    own_desk: ServiceUnderTest,
) -> None:
    case_id, other, ref = uuid4(), agreed(uuid4(), NGO, None), uuid4()
    await own_desk.receives(joined("patrol", "ngo"), agreed(case_id, "patrol", "ngo"), other)
    async with acting(own_desk) as uow:
        await access.grant(uow, [Access(case_id, "patrol", requested("handover", ref), AT)])
    assert len(await known(own_desk, case_id)) == 2
    await own_desk.receives(joined("patrol", "police"))
    assert await known(own_desk, case_id) == {("patrol", requested("handover", ref))}
    assert await known(own_desk, other.case_id), "another agency's"
    assert not await _knows(own_desk, agreed(uuid4(), "patrol", "ngo")), "now either"


async def test_a_service_that_writes_its_own_rows_passes_the_same_gate(desk: ServiceUnderTest) -> None:
    """`grant` is the one gate: identification records consents itself."""
    case_id = uuid4()
    agreement = consent("legal_aid", "needs", uuid4())
    async with acting(desk) as uow:
        rows = [Access(case_id, code, agreement, AT) for code in (*sorted(POLICE_OF_THE_START), "nobody-known", NGO)]
        await access.grant(uow, [*rows, Access(case_id, SPECIAL_POLICE_BODY, HOLDER, AT)])
    assert await known(desk, case_id) == {(NGO, agreement), (SPECIAL_POLICE_BODY, HOLDER)}


async def test_the_hand_over_itself_opens_the_case(desk: ServiceUnderTest) -> None:
    case_id = uuid4()
    referred = VictimReferred.model_validate_json(made(VictimReferred).value).model_dump()
    await desk.receives(VictimReferred.model_validate(referred | {"case_id": case_id, "to": SPECIAL_POLICE_BODY}))
    assert await known(desk, case_id) == {(SPECIAL_POLICE_BODY, Basis("formal_body"))}


async def test_no_row_of_a_police_body_is_a_consent(own_desk: ServiceUnderTest) -> None:
    """The whole table after everybody was named a recipient."""
    for code in AGENCIES:
        await own_desk.receives(agreed(uuid4(), code, None))
    async with own_desk.session() as session:
        rows = await session.scalars(text("select agency from case_access where basis = 'consent'"))
        assert set(rows) == AGENCIES.keys() - POLICE_OF_THE_START
