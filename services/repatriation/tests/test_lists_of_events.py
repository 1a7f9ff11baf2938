"""Events of many cases in one poll leave what they leave one after the other (RP-4, ID-9, ID-10, ID-12)."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product, zip_longest
from typing import Any
from uuid import UUID, uuid4

from casework.testing_lists import parked
from chassis.testing import Databases, ServiceUnderTest, bench, statements
from nrm_events import Event, fund, identification
from nrm_events.base import AgeGroup, Citizenship
from nrm_events.taking_part import MIGRATION_SERVICE
from repatriation.app import SERVICE
from repatriation.tables import Return
from sqlalchemy import text

from .givens import CONSIDERED, NOW, OPENED

ID = identification
AGES: tuple[AgeGroup, ...] = ("child", "adult", "unknown")
CITIZENSHIPS: tuple[Citizenship, ...] = ("foreign", "citizen", "unknown")
TABLES = {
    "bar": "id, basis, source, advisory, state, version, since, until, told, told_at, re_examine, lifted_at, "
    "lifted_by, effective_at",
    "permit": "id, ground, state, version, opened_at, re_examine, effective_at",
    "voluntary_return": "id, state, version, consent_at, re_examine, effective_at",
    "case_access": "agency, basis, about, data_class, ref, since",
    "case_file": "citizenship, citizenship_before, age_group, child_until, changed_at, outcome, closed_at",
    "recognition": "recognition_id, kind, since, revoked_at",
    "claim_seen": "claim_id, kind, is_open, since, changed_at",
}


class Life:
    """A case whose events differ from those of its neighbours."""

    def __init__(self, number: int) -> None:
        self.case_id, self.number, self._day = uuid4(), number, 0

    def of(self, event: type[Event], **facts: Any) -> Event:
        """The event on the next day of this case."""
        self._day += 1
        at = (OPENED if self._day == 1 else CONSIDERED) + timedelta(days=self._day)
        return event.model_validate({"case_id": self.case_id, "effective_at": at, **facts})

    def person(self, later: int = 0) -> dict[str, object]:
        """Citizenship and age, which change from one event to the next."""
        pairs = list(product(CITIZENSHIPS, AGES))
        citizenship, age_group = pairs[(self.number + later) % len(pairs)]
        return {"citizenship": citizenship, "age_group": age_group}

    def events(self) -> Iterator[Event]:
        """Whatever raises, extends, notifies of, lifts and re-examines; some cases leave out some of it."""
        recognition, revoked, reflection, claim = uuid4(), uuid4(), uuid4(), uuid4()
        consents = [
            {"consent_id": uuid4(), "recipient": to, "purpose": purpose, "data_class": "case_reference"}
            for to, purpose in ((MIGRATION_SERVICE, "removal_bar"), ("iom", "return"), ("iom", "return"))
        ]
        of_claim = {"claim_id": claim, "kind": "compensation", "amount_qepik": 500_000}
        yield self.of(ID.CaseOpened, report_id=uuid4(), holder="ngo-amc", **self.person())
        if self.number % 2:
            yield self.of(ID.VictimReferred, referral_id=uuid4(), to="mia-special", reported_at=OPENED, due_at=OPENED)
        for consent in consents[self.number % 3 :]:
            yield self.of(ID.ConsentGranted, **consent)
        yield self.of(fund.ClaimSubmitted, **of_claim)
        yield self.of(
            ID.VictimPresumed, recognition_id=recognition, kind="presumed", authority="ngo-amc", **self.person()
        )
        yield self.of(ID.ReflectionStarted, reflection_id=reflection, ends_at=NOW)
        yield self.of(ID.PersonFactsChanged, **self.person(later=1))
        yield self.of(ID.VictimIdentified, recognition_id=revoked, authority="mia-special", **self.person(later=1))
        yield self.of(ID.ConsentGranted, **consents[0] | {"consent_id": uuid4()})
        yield self.of(ID.PersonFactsChanged, **self.person(later=self.number))
        yield self.of(ID.ConsentWithdrawn, because="withdrawn", **consents[0])
        yield self.of(ID.ConsentWithdrawn, because="withdrawn", **consents[2])
        yield self.of(ID.RecognitionRevoked, recognition_id=revoked, kind="formal", authority="mia-special", reasons=[])
        if self.number % 3:
            yield self.of(ID.VictimIdentified, recognition_id=uuid4(), authority="mia-special", **self.person(later=1))
        yield self.of(ID.ReflectionEnded, reflection_id=reflection)
        rejected = {"reasons": ["not_proved"], "final": bool(self.number % 2)}
        yield self.of(fund.ClaimRejected, **of_claim | rejected)
        yield self.of(ID.PersonFactsChanged, **self.person(later=5))
        yield self.of(ID.CaseClosed, outcome=("closed", "withdrawn", "transferred_abroad")[self.number % 3])
        yield self.of(ID.IdentificationReopened, decision_id=uuid4())
        yield self.of(ID.IdentificationDeclined, decision_id=uuid4(), authority="mia-special", reasons=[])

    def prepared_return(self, return_id: UUID) -> Return:
        """A return that an agency prepares under the person's consent."""
        return Return(
            id=return_id,
            case_id=self.case_id,
            country="GE",
            agency="iom",
            state="consent_recorded",
            version=1,
            requested_at=OPENED,
            consent_at=OPENED,
            claims_found=[],
            re_examine=False,
            effective_at=OPENED,
            recorded_at=OPENED,
        )


async def left(service: ServiceUnderTest, case_id: UUID) -> list[str]:
    """What became of a case: events and audit in their order, then rows; bars and permits have numbers for ids."""
    published = [f"{name} {json.dumps(payload, sort_keys=True)}" for name, payload in await service.published(case_id)]
    audited = await _rows(
        service,
        "select actor, action, kind, subject, effective_at, outcome, facts from audit_entry "
        "where case_id = :case order by position",
        case_id,
    )
    rows = [
        f"{table} {row}"
        for table, columns in TABLES.items()
        for row in await _rows(service, f"select {columns} from {table} where case_id = :case", case_id)  # noqa: S608
    ]
    names = await _names(service, case_id)
    return [*(_named(line, names) for line in (*published, *audited)), *sorted(_named(row, names) for row in rows)]


def _named(line: str, names: dict[str, str]) -> str:
    for id_, name in names.items():
        line = line.replace(id_, name)
    return line


async def _names(service: ServiceUnderTest, case_id: UUID) -> dict[str, str]:
    """Bars and permits of the case, numbered as they were made."""
    async with service.session() as session:
        found = await session.execute(
            text(
                "select id, 'bar' as kind from bar where case_id = :case "
                "union all select id, 'permit' from permit where case_id = :case order by id"
            ),
            {"case": case_id},
        )
        return {str(row.id): f"{row.kind} {number}" for number, row in enumerate(found)}


async def _rows(service: ServiceUnderTest, statement: str, case_id: UUID) -> list[str]:
    async with service.session() as session:
        found = await session.execute(text(statement), {"case": case_id})
        return [" ".join(str(value) for value in row) for row in found]


async def _apply(service: ServiceUnderTest, lives: Sequence[Life], polls: Sequence[Sequence[Event]]) -> int:
    """The cases open, an agency prepares a return in each, and the rest follows with so many statements."""
    await service.receives(*polls[0])
    async with service.session() as session:
        session.add_all(life.prepared_return(UUID(int=life.number)) for life in lives)
    with statements(service) as sent:
        for poll in polls[1:]:
            await service.receives(*poll)
    assert await parked(service) == 0
    return len(sent)


async def test_many_cases_in_one_poll_end_as_each_alone(databases: Databases) -> None:
    """RP-1, RP-4, RP-5, ID-9, ID-10, ID-12: same rows, events and audit, in the same order for each case."""
    lives = [Life(number) for number in range(18)]
    told = [list(life.events()) for life in lives]
    opened, later = [events[0] for events in told], [events[1:] for events in told]
    mixed = [event for row in zip_longest(*later) for event in row if event]
    async with bench(SERVICE, databases) as together, bench(SERVICE, databases) as apart:
        few = await _apply(together, lives, [opened, mixed])
        many = await _apply(apart, lives, [opened, *([event] for events in later for event in events)])
        assert few < many / 2, "lists were not taken as lists"
        for life in lives:
            assert await left(together, life.case_id) == await left(apart, life.case_id), life.number
        names = {name for name, _ in await together.published()}
    assert names >= {"RemovalBarRaised", "RemovalBarNoticed", "RemovalBarNoticeEnded", "RemovalBarLifted"}
    assert names >= {"ReExaminationRequired", "ReExaminationSettled", "PermitEligible", "ReturnWithdrawn"}
