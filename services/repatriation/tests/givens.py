"""Scenario words shared by the tests of repatriation."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from chassis.actor import Actor
from chassis.testing import Person, ServiceUnderTest
from nrm_events import fund, identification
from nrm_events.base import AgeGroup, Citizenship


@dataclass
class KnownPersons:
    """A stand-in for identification: the age in years that it knows, or that it knows none."""

    age: int | None = None
    names_opened: list[tuple[str, UUID]] = field(default_factory=list)

    async def name(self, actor: Actor, case_id: UUID, *, concerning: UUID) -> str:
        self.names_opened.append((actor.sub, case_id))
        return "Aysel Məmmədova"

    async def has_reached(self, actor: Actor, case_id: UUID, *, age: int, on: date, concerning: UUID) -> bool | None:
        return None if self.age is None else self.age >= age


def known_persons(service: ServiceUnderTest) -> KnownPersons:
    """The stand-in of this test."""
    found: KnownPersons = service.app.state.resources.persons
    return found


OPENED = datetime.fromisoformat("2026-03-02T10:00:00+04:00")
REFERRED = OPENED + timedelta(hours=5)
CONSIDERED = OPENED + timedelta(days=4)
NOW = datetime.fromisoformat("2026-06-15T09:00:00+04:00")

CASEWORKER = "ngo-amc.caseworker"
PERMIT_OFFICER = "sms.migration-officer"
SECOND_PERMIT_OFFICER = "sms.migration-officer-2"
MOTION_OFFICER = "mia-special.motion-officer"
RETURN_OFFICER = "iom.return-officer"
GUARDIANSHIP = "scfwca.caseworker"
LAWYER = "ngo-clrpl.caseworker"

NOTICE = {"id", "case_id", "case_ref", "age_group", "state", "until"}
"""What a list shows of a bar to who is notified of it, and nothing else (RP-4)."""


def hours(count: float) -> str:
    """A moment so many hours after the person was considered a victim."""
    return (CONSIDERED + timedelta(hours=count)).isoformat()


async def a_case(
    service: ServiceUnderTest,
    *,
    citizenship: Citizenship = "foreign",
    age_group: AgeGroup = "adult",
    holder: str = "ngo-amc",
    opened: datetime = OPENED,
) -> UUID:
    case_id = uuid4()
    await service.receives(
        identification.CaseOpened(
            effective_at=opened,
            case_id=case_id,
            report_id=uuid4(),
            holder=holder,
            age_group=age_group,
            citizenship=citizenship,
        )
    )
    return case_id


async def hand_over(service: ServiceUnderTest, case_id: UUID, to: str = "mia-special", at: datetime = REFERRED) -> None:
    await service.receives(
        identification.VictimReferred(
            effective_at=at, case_id=case_id, referral_id=uuid4(), to=to, reported_at=OPENED, due_at=at
        )
    )


async def recognise(
    service: ServiceUnderTest,
    case_id: UUID,
    *,
    at: datetime = CONSIDERED,
    citizenship: Citizenship = "foreign",
    age_group: AgeGroup = "adult",
) -> UUID:
    recognition_id = uuid4()
    await service.receives(
        identification.VictimIdentified(
            effective_at=at,
            case_id=case_id,
            recognition_id=recognition_id,
            authority="mia-special",
            age_group=age_group,
            citizenship=citizenship,
        )
    )
    return recognition_id


async def presume(service: ServiceUnderTest, case_id: UUID, at: datetime, age_group: AgeGroup = "adult") -> UUID:
    recognition_id = uuid4()
    await service.receives(
        identification.VictimPresumed(
            effective_at=at,
            case_id=case_id,
            recognition_id=recognition_id,
            authority="ngo-amc",
            kind="ngo",
            age_group=age_group,
            citizenship="foreign",
        )
    )
    return recognition_id


async def facts_change(
    service: ServiceUnderTest, case_id: UUID, *, citizenship: Citizenship = "foreign", age_group: AgeGroup = "adult"
) -> None:
    await service.receives(
        identification.PersonFactsChanged(
            effective_at=CONSIDERED + timedelta(days=1), case_id=case_id, age_group=age_group, citizenship=citizenship
        )
    )


async def guardian(service: ServiceUnderTest, case_id: UUID, outcome: str = "appointed", *, hour: float = 20) -> None:
    """Identification knows of a guardian, or of none any more."""
    at = CONSIDERED + timedelta(hours=hour)
    step_taken = identification.ChildStepTaken(
        effective_at=at, case_id=case_id, step_id=uuid4(), step="guardian", outcome=outcome
    )
    await service.receives(step_taken)


async def case_closes(service: ServiceUnderTest, case_id: UUID, outcome: str = "withdrawn", *, day: float = 7) -> None:
    """Identification ends the case."""
    closed = {"effective_at": CONSIDERED + timedelta(days=day), "case_id": case_id, "outcome": outcome}
    await service.receives(identification.CaseClosed.model_validate(closed))


async def case_reopens(service: ServiceUnderTest, case_id: UUID, *, day: float = 8) -> None:
    """Identification assesses again."""
    at = CONSIDERED + timedelta(days=day)
    await service.receives(identification.IdentificationReopened(effective_at=at, case_id=case_id, decision_id=uuid4()))


async def consent(service: ServiceUnderTest, case_id: UUID, recipient: str, purpose: str) -> UUID:
    consent_id = uuid4()
    agreed = _consent(case_id, consent_id, recipient, purpose)
    await service.receives(identification.ConsentGranted(effective_at=CONSIDERED, **agreed))
    return consent_id


async def withdraw_consent(
    service: ServiceUnderTest, case_id: UUID, consent_id: UUID, recipient: str, purpose: str
) -> None:
    agreed = _consent(case_id, consent_id, recipient, purpose)
    await service.receives(identification.ConsentWithdrawn(effective_at=CONSIDERED + timedelta(days=2), **agreed))


def _consent(case_id: UUID, consent_id: UUID, recipient: str, purpose: str) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "consent_id": consent_id,
        "recipient": recipient,
        "purpose": purpose,
        "data_class": "case_reference",
    }


async def claim(
    service: ServiceUnderTest, case_id: UUID, kind: fund.ClaimKind = "compensation", claim_id: UUID | None = None
) -> UUID:
    claim_id = claim_id or uuid4()
    await service.receives(
        fund.ClaimSubmitted(
            effective_at=CONSIDERED, case_id=case_id, claim_id=claim_id, kind=kind, amount_qepik=500_000
        )
    )
    return claim_id


async def a_recognised_case(service: ServiceUnderTest, **more: Any) -> UUID:
    case_id = await a_case(service, **more)
    await hand_over(service, case_id)
    facts = {name: more[name] for name in ("citizenship", "age_group") if name in more}
    await recognise(service, case_id, **facts)
    return case_id


async def bars_of(
    service: ServiceUnderTest, case_id: UUID, by: str = MOTION_OFFICER, **more: Any
) -> list[dict[str, Any]]:
    seen = await service.person(by).get_ok("/api/bars", case_id=str(case_id), **more)
    return list(seen["items"])


async def the_permit(service: ServiceUnderTest, case_id: UUID) -> str:
    """The permit that opened by itself."""
    seen = await service.person(MOTION_OFFICER).get_ok("/api/permits", case_id=str(case_id))
    return str(seen["items"][0]["id"])


APPLYING = (
    (CASEWORKER, "application", 1),
    (PERMIT_OFFICER, "motion-request", 2),
    (MOTION_OFFICER, "motion", 3),
    (PERMIT_OFFICER, "lodging", 4),
)


async def lodged_permit(service: ServiceUnderTest, case_id: UUID) -> str:
    permit = await the_permit(service, case_id)
    for who, name, hour in APPLYING:
        await service.person(who).post_ok(f"/api/permits/{permit}/{name}", {"happened_at": hours(hour)})
    return permit


async def consulted_permit(service: ServiceUnderTest, case_id: UUID) -> str:
    permit = await lodged_permit(service, case_id)
    officer = service.person(PERMIT_OFFICER)
    body = {"body": "state_border_service", "happened_at": hours(5)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    await officer.post_ok(f"/api/permits/{permit}/opinion", {"objection": False, "happened_at": hours(30)})
    return permit


async def granted_permit(service: ServiceUnderTest, case_id: UUID, months: int = 12) -> str:
    permit = await consulted_permit(service, case_id)
    body = {"months": months, "happened_at": hours(40), "version": await version(service, permit)}
    await service.person(PERMIT_OFFICER).post_ok(f"/api/permits/{permit}/grant", body)
    return permit


async def version(service: ServiceUnderTest, permit_id: str) -> int:
    """The version that the permit officer reads now, for a decision on it."""
    return int((await service.person(PERMIT_OFFICER).get_ok(f"/api/permits/{permit_id}"))["version"])


async def requested_return(service: ServiceUnderTest, case_id: UUID, by: str = CASEWORKER) -> str:
    body = {"case_id": str(case_id), "country": "IN", "happened_at": hours(24)}
    return str((await service.person(by).post_ok("/api/returns", body))["id"])


async def step(
    service: ServiceUnderTest, return_id: str, name: str, hour: float, by: str = CASEWORKER, **body: Any
) -> dict[str, Any]:
    body["happened_at"] = hours(hour)
    return await service.person(by).post_ok(f"/api/returns/{return_id}/{name}", body)


async def checked_return(service: ServiceUnderTest, case_id: UUID, level: str = "low") -> str:
    """Consent, a risk assessment and the claims check; the next act is clearance."""
    row = await requested_return(service, case_id)
    await step(service, row, "consent", 25)
    await step(service, row, "risk-assessment", 26, level=level, retrafficking_risk=False)
    await step(service, row, "claims-check", 27)
    return row


async def published(service: ServiceUnderTest, case_id: object, name: str) -> list[dict[str, object]]:
    return [payload for event, payload in await service.published(str(case_id)) if event == name]


async def refusal(person: Person, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    answer = await (person.get(path) if body is None else person.post(path, body))
    return answer.status_code, str(answer.json().get("code"))


async def departed_return(service: ServiceUnderTest, case_id: UUID) -> str:
    row = await checked_return(service, case_id)
    for name, body in (("clearance", {}), ("documents", {}), ("travel", {"payer": "state"}), ("departure", {})):
        await step(service, row, name, 30, **body)
    return row


async def names(service: ServiceUnderTest, case_id: UUID) -> list[str]:
    return [name for name, _ in await service.published(case_id) if name.startswith("Permit")]


async def ready_child_return(service: ServiceUnderTest, case_id: UUID, opinion: str = "yes") -> str:
    """A child's return that waits for a second person to clear it: guardian, consent, risk, best interests, claims."""
    await guardian(service, case_id)
    await consent(service, case_id, "iom", "return")
    row = await requested_return(service, case_id)
    await step(service, row, "consent", 25)
    await step(service, row, "risk-assessment", 26, level="low", retrafficking_risk=False)
    await step(service, row, "best-interests", 27, by=GUARDIANSHIP, decision="return", opinion_heard=opinion)
    await step(service, row, "claims-check", 28)
    return row
