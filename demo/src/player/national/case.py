"""One referral from the report to the last decision, by as few acts as the rules require."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from nrm_events.agencies import ReferralSubmitted, ReferralTaken, SubmittedConsent

from player import people
from player.answers import Answer, Json, Search
from player.faults import Refused
from player.national.desk import Desk
from player.national.referral import NGOS, POLICE, Agency, Referral
from player.national.system import System

_NAMESPACE = UUID("5f0d6a38-3f0b-4d0e-8a52-0e7c2b0c9a11")
_FOR, _AGAINST = ["indicators_met"], ["purpose_not_established"]
_TO_POLICE = SubmittedConsent(recipient=POLICE, purpose="referral", data_class="identity")
_MOST_READS = 5


@dataclass
class Played:
    """A referral while it is played: `case` as its last answer shows it."""

    referral: Referral
    desk: Desk
    assessor: Desk
    systems: dict[Agency, System]
    case: Answer = field(default_factory=Answer)
    step: str = "report"

    def key(self) -> UUID:
        """The key of the present step: the same whenever this referral is played."""
        one = self.referral
        return uuid5(_NAMESPACE, f"{one.number}/{one.reported_at.isoformat()}/{one.htcds}/{self.step}")

    async def play(self) -> None:
        """The whole referral. Refused, NeverCame, Unreachable: `step` was not possible."""
        one = self.referral
        report_id = await (self._report() if one.agency == POLICE else self._refer_by_system())
        await self._open(report_id)
        if one.handed_over_at:
            await self._decide(self.desk, "referral", one.handed_over_at, best_interests_recorded=one.child)
        if one.taken_at:
            await self._take(one.taken_at)
        if one.presumed_at:
            await self._act(self.desk, "recognitions", one.presumed_at, kind="presumed", reasons=_FOR)
        if one.withdrawn_at:
            await self._act(self.desk, "withdrawal", one.withdrawn_at)
        if one.decided_at:
            await self._conclude(one.decided_at)

    async def _report(self) -> str:
        body = self._described() | {"happened_at": self.referral.reported_at.isoformat()}
        answer = await self.desk.act("/api/reports", body, self.key())
        self.case = answer.model_copy(update={"id": answer.case_id})
        return answer.id

    async def _refer_by_system(self) -> str:
        """The person over HTTPS, then the message that names the handle (ID-1); the report is on the desk's list."""
        one, system = self.referral, self.systems[self.referral.agency]
        body = self._described()
        if self._has_consent:
            body["consent"] = {
                "given_by": "person",
                "how": "in_person",
                "language": one.language,
                "interpreter": one.language != "en",
                "text_version": "consent-1",
            }
        handle = await self.desk.keep_for_referral(body, self.key(), system.token)
        self.step = "submission"
        consents = [_TO_POLICE] if self._has_consent else []
        submission = ReferralSubmitted(effective_at=one.reported_at, handle_id=handle, consents=consents)
        case_id = await system.submit(self.key(), submission)
        self.case = Answer(id=str(case_id))
        self.step = "list"
        return await self.desk.report_of(str(case_id))

    @property
    def _has_consent(self) -> bool:
        """Only an adult needs to agree, where the law does not oblige the agency to report to police (ID-7)."""
        one = self.referral
        return one.agency not in people.OBLIGED_TO_REPORT and not one.child and one.agrees_to_police

    def _described(self) -> Json:
        one = self.referral
        return {"channel": one.channel, "language": one.language, "htcds": one.htcds}

    async def _open(self, report_id: str) -> None:
        """The same person is looked for, and the case opened (ID-18)."""
        self.step = "search"
        search = await self.desk.search(report_id)
        self.step = "register"
        at = self.referral.reported_at
        self.case = await self.desk.act(f"/api/reports/{report_id}/case", _opening(search, at), self.key())

    async def _take(self, at: datetime) -> None:
        """The system of the special police body takes the case; the assessment begins (ID-7)."""
        self.step = "taken"
        taken = ReferralTaken(effective_at=at, case_id=UUID(self.case.id))
        await self.systems[POLICE].submit(self.key(), taken)
        self.case = self.case.model_copy(update={"version": self.case.version + 1})

    async def _conclude(self, at: datetime) -> None:
        one = self.referral
        if one.outcome == "recognised":
            await self._decide(self.assessor, "formal-recognition", at, reasons=_FOR)
        else:
            by_ngo = one.agency in NGOS and not one.handed_over_at
            await self._decide(self.desk if by_ngo else self.assessor, "decline", at, reasons=_AGAINST)

    async def _act(self, desk: Desk, act: str, at: datetime, **more: object) -> None:
        self.step = act
        body: Json = {"happened_at": at.isoformat(), **more}  # type: ignore[dict-item]  # JSON all the same
        self.case = await desk.act(f"/api/cases/{self.case.id}/{act}", body, self.key())

    async def _decide(self, desk: Desk, act: str, at: datetime, **more: object) -> None:
        """By the version that the last answer had; read again where the case changed since."""
        for _ in range(_MOST_READS):
            try:
                return await self._act(desk, act, at, version=self.case.version, **more)
            except Refused as refused:
                if refused.code != "stale":
                    raise
            self.case = await desk.see_case(self.case.id)
        raise Refused(409, "stale", "It changed again and again.")


def _opening(search: Search, at: datetime) -> Json:
    verdicts: Json = {candidate.case_id: "not_same" for candidate in search.candidates}
    return {"search_id": search.search_id, "verdicts": verdicts, "happened_at": at.isoformat()}
