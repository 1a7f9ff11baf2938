"""Which event makes which notification, to whom: one table (NO-4). A person gets few messages; staff their tasks."""

from dataclasses import dataclass

PERSON = "person"
HOLDER = "holder"


@dataclass(frozen=True)
class Route:
    """`to`: the person, the holder of the case, or the field of the event that names an agency.

    `template` says what is written; `task` is the code that the inbox shows after signing in.
    """

    event: str
    to: str
    task: str
    template: str = "new_notification"


ROUTES: tuple[Route, ...] = (
    Route("identification.VictimReferred", "to", "referral_received"),
    Route("identification.ReferralAcknowledged", HOLDER, "referral_acknowledged"),
    Route("identification.VictimIdentified", PERSON, "person_told"),
    Route("identification.VictimIdentified", HOLDER, "case_recognised"),
    Route("identification.IdentificationDeclined", HOLDER, "case_not_recognised"),
    Route("identification.RecognitionRevoked", HOLDER, "recognition_revoked"),
    Route("shelter.PlaceOffered", HOLDER, "place_offered"),
    Route("shelter.PlaceWithdrawn", HOLDER, "place_withdrawn"),
    Route("shelter.ShelterExtensionRefused", HOLDER, "stay_not_extended"),
    Route("shelter.HandoverRequested", "to", "handover_received"),
    Route("shelter.HandoverAcknowledged", HOLDER, "handover_acknowledged"),
    Route("shelter.HandoverDeclined", HOLDER, "handover_declined"),
    Route("fund.PaymentMade", PERSON, "person_told"),
    Route("fund.PaymentReturned", HOLDER, "payment_returned"),
    Route("repatriation.PermitGranted", PERSON, "person_told"),
    Route("repatriation.PermitGranted", HOLDER, "permit_granted"),
    Route("repatriation.PermitRefused", HOLDER, "permit_refused"),
    Route("repatriation.RemovalBarNoticed", "told", "removal_bar_noticed"),
    Route("repatriation.ReturnSuspended", HOLDER, "return_suspended"),
)

OWN_TASKS = ("contact_withheld", "message_failed", "clock_approaching", "clock_breached", "clock_escalated")
"""Tasks that notify gives by itself, beside those of the table."""

TASKS = tuple(dict.fromkeys([*(route.task for route in ROUTES), *OWN_TASKS]))
