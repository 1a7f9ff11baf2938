"""What people do here: one frozen model per act. `happened_at` is when it took effect, null for now."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from casework.commands import Change, Command, Decision
from chassis.clock import Moment
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from repatriation.domain.bars import LIFTING_REASONS
from repatriation.domain.permits import CONSULTED_BODIES, OBJECTION_REASONS
from repatriation.domain.returns import OUTSIDE_BODIES, PAYERS
from repatriation.tables import NOTE_MAX

Code = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,63}$")]
AgencyOrCode = Annotated[str, Field(pattern=r"^[a-z][a-z_-]{1,63}$")]
Months = Annotated[int, Field(strict=True, ge=1, le=120, description="Calendar months", examples=[12])]
Reference = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/._-]{0,63}$", description="Reference of the paper, and no name in it"),
    Field(examples=["7/2024"]),
]
Reasons = Annotated[list[Code], Field(min_length=1, max_length=20, examples=[["false_documents"]])]


def _in_reach(day: date) -> date:
    if not 1950 <= day.year < 2200:
        raise ValueError("must lie between 1950 and 2200")
    return day


Day = Annotated[date, AfterValidator(_in_reach)]


class OfACase(Command):
    """An act that begins a new object of a case."""

    case_id: UUID


class RaiseBar(OfACase):
    """Raise a bar by decision (RP-4)."""

    basis: Literal["decision"] = Field(description="The others are raised by what happened")
    until: Moment | None = Field(default=None, description="Empty: until it is lifted")


class ExtendBar(Decision):
    """Let a bar run longer (RP-4)."""

    until: Moment


class LiftBar(Decision):
    """End a bar (RP-4)."""

    reason: Code = Field(description="Codes: " + ", ".join(LIFTING_REASONS), examples=["decision_ended"])


class LiftBarOnWish(Decision):
    """End a bar on the person's own written wish (RP-4)."""

    written_wish: Reference


class ConfirmBar(Change):
    """After re-examination the bar stands (ID-9)."""


class VerifyCertificate(BaseModel):
    """The two codes that are printed on a certificate (RP-4)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str = Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", examples=["7K3M-Q2XA"])
    check: str = Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$", examples=["M3T9C-0WZ4E"])


class OpenPermit(OfACase):
    """Open a permit by hand (RP-1)."""

    ground: Literal["victim", "assisting_prosecution"] = Field(examples=["victim"])


class RecordLawfulStay(Change):
    """Record when lawful stay ends (RP-3)."""

    lawful_stay_ends: Day = Field(description="Apply before it by the days of the law; a day that is past is taken")


class ApplyForPermit(Change):
    """The person applies (RP-2, RP-3)."""

    lawful_stay_ends: Day | None = Field(default=None, description="Proof of it is waived; a day that is past too")


class RequestMotion(Change):
    """Request the motion of the prosecuting body (RP-1)."""


class ReceiveMotion(Change):
    """The prosecuting body brings its motion (RP-1)."""


class DeclineMotion(Change):
    """The prosecuting body brings no motion (RP-1)."""


class WithdrawPermit(Change):
    """The person withdraws the application, in writing, at any time before the grant (RP-2)."""

    written_wish: Reference


class SetRefusalAside(Change):
    """On appeal a refusal before lodging is set aside; the application goes on (RP-3)."""


class LodgePermit(Change):
    """The application is complete (RP-2)."""


class AskOpinion(Change):
    """Consult another body (RP-3)."""

    body: Code = Field(description="Codes: " + ", ".join(CONSULTED_BODIES), examples=["state_security_service"])


class GiveOpinion(Change):
    """Record the answer of a consulted body (RP-3)."""

    body: Code | None = Field(default=None, description="Who answered; may be left out where one was consulted")
    objection: bool = Field(strict=True)
    reason: Code | None = Field(default=None, description="With an objection: " + ", ".join(OBJECTION_REASONS))


class GrantPermit(Decision):
    """Grant a permit (RP-1)."""

    months: Months


class ExtendPermit(Decision):
    """Extend a permit (RP-1)."""

    months: Months


class RefusePermit(Decision):
    """RP-3: reasoned and in writing. The text stays here and goes into no event, log or list."""

    reasons: Reasons
    text: str = Field(min_length=1, max_length=NOTE_MAX, examples=["The document of identity is not genuine."])


class EndPermit(Decision):
    """A permit is cancelled or surrendered (RP-1)."""

    how: Literal["cancelled", "surrendered"]


class ConfirmPermit(Change):
    """After re-examination the permit stands (ID-9)."""


class ConfirmReturn(Change):
    """After re-examination the return goes on (ID-9)."""


class AppealPermit(Change):
    """Appeal the refusal (RP-3)."""


class ReapplyForPermit(Change):
    """Apply anew after a refusal (RP-3)."""


class EndProceedings(Change):
    """The proceedings ended (RP-1, RP-4)."""


class RequestReturn(OfACase):
    """The person wishes to return (RP-5)."""

    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2", examples=["IN"])


class RecordReturnConsent(Change):
    """Record the person's consent (RP-5)."""


class AssessRisk(Change):
    """Assess the risk of the return (RP-5)."""

    level: Literal["low", "medium", "high"]
    retrafficking_risk: bool = Field(strict=True)


class DecideBestInterests(Change):
    """Decide a child's best interests (RP-5)."""

    guardian: bool | None = Field(default=None, description="Read no more: identification knows the guardian")
    decision: Literal["return", "stay"]
    opinion_heard: Literal["yes", "no", "under_age"] = Field(
        description="under_age: younger than the age of the law, as identification knows"
    )


class CheckClaims(Change):
    """Check the open claims (RP-5)."""


class ClearReturn(Change):
    """Clear the return, or suspend it where a gate is not passed (RP-5)."""


class ObtainDocuments(Change):
    """The documents are available (RP-6)."""


class BookTravel(Change):
    """Travel is booked (RP-6)."""

    payer: AgencyOrCode = Field(
        description="Never the person (RP-6). An agency that takes part, or: " + ", ".join(PAYERS), examples=["state"]
    )


class Depart(Change):
    """The person left (RP-5)."""


class DidNotDepart(Change):
    """Take a departure back that was recorded and did not take place (RP-5)."""

    reason: Literal["missed_travel", "travel_cancelled", "person_stayed", "recorded_in_error"]


class OfferHandover(Change):
    """Request a receiving body to take over (RP-6)."""

    to: AgencyOrCode = Field(
        description="An agency that takes part, or a body outside: " + ", ".join(OUTSIDE_BODIES),
        examples=["receiving_ngo"],
    )


class AcknowledgeHandover(Change):
    """The receiving body took over (RP-6)."""

    paper: Reference | None = Field(default=None, description="Of a body outside: its own written acknowledgement")


class CloseWithoutBody(Change):
    """Nobody takes the person over; the return ends as such (RP-6)."""

    reason: Literal["no_body_takes_over", "person_declines", "person_not_found"]


class LogVisit(Change):
    """Log a follow-up visit (RP-6)."""

    outcome: Literal["well", "needs_support", "not_found", "at_risk"]


class CloseReturn(Change):
    """Follow-up ended (RP-6)."""


class WithdrawReturn(Change):
    """The person withdraws before departure (RP-5)."""
