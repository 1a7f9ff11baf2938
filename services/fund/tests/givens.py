"""Scenario words: the people of the Fund, a case, its recognitions, money, and a claim on its way."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
from chassis.actor import Actor
from chassis.clock import utc_now
from chassis.testing import Person, ServiceUnderTest
from fund.adapters.payees import IdentityUnavailable
from fund.resources import Resources
from nrm_events import identification

MARCH = datetime(2024, 3, 4, 10, tzinfo=UTC)
PAYEE = {"name": "Zübeydə Qaraquşova", "identity_number": "TST00000001"}


def a_need(case_id: UUID, *, purpose: str = "medicine", amount_qepik: int = 5) -> dict[str, Any]:
    """What a caseworker sends to draft a needs grant."""
    return {"case_id": str(case_id), "kind": "needs_grant", "purpose": purpose, "amount_qepik": amount_qepik}


def paper() -> str:
    """The reference of a paper that nobody recorded before."""
    return f"P-{uuid4().int}"


def read(claim: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a person sends who decides on a claim as this answer showed it."""
    return {"version": claim["version"], **more}


class OpenDrawer:
    """Stands in for identification: opens the payee of any order, and remembers who opened which."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, UUID]] = []
        self.away = False
        self.payee = ""

    async def open(self, actor: Actor, *, case_id: UUID, order_id: UUID, payee: str) -> dict[str, Any]:
        if self.away:
            raise IdentityUnavailable
        self.opened.append((actor.sub, order_id))
        self.payee = payee
        return dict(PAYEE)


class Desk:
    def __init__(self, bench: ServiceUnderTest) -> None:
        self.bench = bench
        self.drawer = OpenDrawer()
        bench.app.state.resources = Resources(payees=self.drawer)

    def person(self, username: str) -> Person:
        return self.bench.person(username)

    @property
    def requester(self) -> Person:
        return self.person("fund.fund-requester")

    @property
    def approver(self) -> Person:
        return self.person("fund.fund-approver")

    @property
    def another_approver(self) -> Person:
        return self.person("fund.fund-approver-2")

    @property
    def releaser(self) -> Person:
        return self.person("fund.fund-releaser")

    @property
    def accountant(self) -> Person:
        return self.person("fund.fund-accountant")

    @property
    def caseworker(self) -> Person:
        return self.person("ngo-amc.caseworker")

    async def case(
        self, holder: str = "ngo-amc", at: datetime = MARCH, age_group: Literal["child", "adult"] = "adult"
    ) -> UUID:
        case_id = uuid4()
        await self.bench.receives(
            identification.CaseOpened(
                effective_at=at,
                case_id=case_id,
                report_id=uuid4(),
                holder=holder,
                age_group=age_group,
                citizenship="foreign",
            )
        )
        return case_id

    def identified(self, case_id: UUID, at: datetime = MARCH) -> identification.VictimIdentified:
        return identification.VictimIdentified(
            effective_at=at,
            case_id=case_id,
            recognition_id=uuid4(),
            authority="mia-special",
            age_group="adult",
            citizenship="foreign",
        )

    def revoked(
        self, recognition_id: UUID, case_id: UUID, kind: Any = "formal", at: datetime = MARCH
    ) -> identification.RecognitionRevoked:
        return identification.RecognitionRevoked(
            effective_at=at,
            case_id=case_id,
            recognition_id=recognition_id,
            kind=kind,
            authority="mia-special",
            reasons=["no_signs_of_trafficking"],
        )

    async def recognised_case(self) -> UUID:
        """A case with a formal recognition, and so with the draft of an allowance."""
        case_id = await self.case()
        await self.bench.receives(self.identified(case_id))
        return case_id

    async def allowance_of(self, case_id: UUID) -> dict[str, Any]:
        found = await self.requester.get_ok("/api/claims", case_id=str(case_id), kind="allowance")
        assert len(found["items"]) == 1
        return await self.requester.get_ok(f"/api/claims/{found['items'][0]['id']}")

    async def income(self, amount_qepik: int, **more: Any) -> dict[str, Any]:
        body = {"source": "donation", "amount_qepik": amount_qepik, "document": paper()} | more
        return await self.accountant.post_ok("/api/incomes", body)

    async def needs_grant(self, case_id: UUID, amount_qepik: int = 500, purpose: str = "medicine") -> dict[str, Any]:
        """A draft."""
        body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": purpose, "amount_qepik": amount_qepik}
        return await self.requester.post_ok("/api/claims", body | {"document": paper()})

    async def submitted(self, claim: dict[str, Any]) -> dict[str, Any]:
        return await self.requester.post_ok(f"/api/claims/{claim['id']}/submission")

    async def approved(self, claim: dict[str, Any]) -> dict[str, Any]:
        """From a draft; reserved where money suffices."""
        submitted = await self.submitted(claim)
        return await self.approver.post_ok(f"/api/claims/{claim['id']}/approval", read(submitted))

    async def amended(self, claim: dict[str, Any]) -> httpx.Response:
        """The same terms anew: a draft again, where that is possible."""
        seen = await self.requester.get_ok(f"/api/claims/{claim['id']}")
        return await self.requester.post(f"/api/claims/{claim['id']}/amendment", read(seen))

    async def ordered(self, claim: dict[str, Any]) -> dict[str, Any]:
        approved = await self.approved(claim)
        return await self.releaser.post_ok(f"/api/claims/{claim['id']}/release", read(approved))

    async def paid(self, claim: dict[str, Any], happened_at: datetime | None = None) -> dict[str, Any]:
        await self.ordered(claim)
        body = {"bank_reference": paper(), "happened_at": happened_at.isoformat() if happened_at else None}
        return await self.accountant.post_ok(f"/api/claims/{claim['id']}/confirmation", body)

    async def figures_of_this_year(self) -> dict[str, Any]:
        """What the coordinator reads once the year is over."""
        year = utc_now().year
        self.bench.now = datetime(year + 1, 1, 2, tzinfo=UTC)
        try:
            return await self.person("coordinator.coordinator").get_ok(f"/api/statistics/{year}")
        finally:
            self.bench.now = None

    async def balance(self) -> tuple[int, int, int]:
        """Bank, reserved, free, in qəpik."""
        seen = await self.accountant.get_ok("/api/balance")
        return seen["bank_qepik"], seen["reserved_qepik"], seen["free_qepik"]
