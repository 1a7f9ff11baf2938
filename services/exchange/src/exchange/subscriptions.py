"""Event → use case: what services tell is shared by agreement; their answers go back to who asked."""

from collections.abc import Mapping

from chassis.inbox import Handler
from nrm_events import Event, identification, shelter
from nrm_events.identification import ConsentGranted, ConsentWithdrawn

from exchange.use_cases import sharing, submissions
from exchange.use_cases.agencies import SHAREABLE

HANDLERS: Mapping[type[Event], Handler] = {
    **dict.fromkeys(SHAREABLE.values(), sharing.share),
    ConsentGranted: sharing.consent_granted,
    ConsentWithdrawn: sharing.consent_withdrawn,
    identification.SubmissionAnswered: submissions.pass_on_answers,
    shelter.SubmissionAnswered: submissions.pass_on_answers,
}
