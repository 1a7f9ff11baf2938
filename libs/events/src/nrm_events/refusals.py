"""Why a submission of an agency's system is refused, and what to do: every code that SubmissionAnswered carries."""

from collections.abc import Mapping
from typing import NamedTuple


class Refusal(NamedTuple):
    """What a code means, and what mends it. `staff`: the agency's people decide; else its engineers do."""

    means: str
    mend: str
    staff: bool = False


_SAME_ID = "Correct it and submit it as a new message with a new `ce_id`."
REFUSALS: Mapping[str, Refusal] = {
    "header_missing": Refusal("A header of the contract is missing.", f"Send every needed header. {_SAME_ID}"),
    "header_malformed": Refusal("A header or the key breaks the contract, or a header stands twice.", _SAME_ID),
    "unknown_type": Refusal("There is no submission of this type and version.", "Send a type of this page."),
    "wrong_topic": Refusal("Only the platform sends this type.", "Send a type that an agency submits."),
    "payload_malformed": Refusal(
        "The value is not the JSON that the type's schema describes: a field is missing, unknown or of another form, "
        "or a value is none of its closed list.",
        f"Validate it against the schema in libs/events/schemas, and against the closed lists. {_SAME_ID}",
    ),
    "wrong_key": Refusal("The key is not the case or the handle in the value.", _SAME_ID),
    "no_agreement": Refusal("No agreement with your agency is in force today.", "Ring the operator of the platform."),
    "not_agreed": Refusal(
        "Your agreement's `may_say` lacks this type.", "Agree on a newer edition with the operator of the platform."
    ),
    "unknown": Refusal(
        "There is no such case, stay, hand-over or consent, or none that your agency may know of.",
        "Check the id. An id that you received before may be closed to you since: a consent or a service has ended.",
        staff=True,
    ),
    "handle_unknown": Refusal(
        "The handle was used, is older than a day, or is another agency's.",
        "Report the person to identification again, and submit the new handle.",
    ),
    "consent_details_missing": Refusal(
        "The referral names consents, and the report under its handle lacks `consent`: who agreed, how, to which text.",
        "Complete the report, and refer the person again.",
        staff=True,
    ),
    "already_granted": Refusal(
        "The same recipient, purpose and class of data stand twice among the consents.", _SAME_ID, staff=True
    ),
    "agrees_in_person": Refusal(
        "An adult agrees in person; a guardian or the guardianship authority agrees for a child.",
        "Let the person agree, and refer again.",
        staff=True,
    ),
    "belongs_to_another_agency": Refusal(
        "What you answer was handed to another agency.", "Check the id of the hand-over.", staff=True
    ),
    "invalid_request": Refusal(
        "The report to identification, over HTTPS, has faults: `faults` names each field.",
        "Correct the report, and send it again.",
        staff=True,
    ),
    "unknown_agency": Refusal("The recipient of a consent is no agency that takes part.", _SAME_ID, staff=True),
    "given_by_child": Refusal("A child's consent needs the guardian.", "Let the guardian agree.", staff=True),
    "child_view_missing": Refusal("What the child thinks of it is missing.", "Record the child's view.", staff=True),
    "not_a_child": Refusal("The person is no child, so nobody agrees for them.", "Let the person agree.", staff=True),
    "unknown_language": Refusal("No language has this code (ISO 639).", "Correct the report.", staff=True),
    "invalid_htcds": Refusal("The report does not follow the HTCDS standard.", "Correct the report.", staff=True),
    "anonymous_with_name": Refusal("An anonymous report holds a name.", "Choose one of both.", staff=True),
    "in_the_future": Refusal("`effective_at` is later than now.", "Send the time of the act, with its zone."),
    "before_what_it_follows": Refusal(
        "`effective_at` comes before the act that it follows.", "Send the time of the act, with its zone.", staff=True
    ),
    "not_possible_in_state": Refusal(
        "What you answer is in another state: it was answered, withdrawn or ended meanwhile.",
        "Look at the last event of it that you received.",
        staff=True,
    ),
    "role_lacks_right": Refusal("An agency's system may not do this.", "Let your people do it on the platform."),
    "not_for_this_basis": Refusal(
        "Your agency knows of the case for another reason than this act needs.",
        "Ring the holder of the case.",
        staff=True,
    ),
}
OTHER = Refusal(
    "A rule of the deciding service refuses it, as it would over HTTP.",
    "Ring the operator of the platform with the code and the `ce_id`.",
    staff=True,
)


def refusal(code: str) -> Refusal:
    """What the code means and what to do about it."""
    return REFUSALS.get(code, OTHER)
