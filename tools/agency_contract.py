"""What an agency's engineer needs beside the events: servers, headers, sizes, refusals, closed lists, real examples.

`bus_docs` writes it into the AsyncAPI document, the page of the agencies' messages, the how-to and the schema of an
agreement.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID, uuid5

from agency_access.access import KEPT_DAYS, LARGEST_SUBMISSION, TOKEN_SECONDS, access_of
from casework.purposes import DATA_CLASSES, PURPOSES
from exchange.commands import Agree, Saying
from exchange.domain.agreements import Ground
from identification.commands.consents import ChildView, GivenBy, How
from identification.domain.codes import Channel
from nrm_events import AGENCY_MESSAGES, Envelope, to_message
from nrm_events.headers import HEADERS, NEEDED
from nrm_events.refusals import OTHER, REFUSALS
from nrm_events.taking_part import AgencyKind
from pydantic import JsonValue
from shelter.domain.codes import HandoverRefusal

_CASE = UUID("01932d0c-7f31-7c44-9d4e-2b6a1c3d5e7f")
_AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_ACCESS = access_of("ngo-amc")
_FORMATS = {"ce_id": "uuid", "ce_time": "date-time", "ce_correlationid": "uuid", "ce_causationid": "uuid"}
LISTS: Mapping[str, tuple[str, Sequence[str]]] = {
    "kind": ("what an agency is, in its agreement", get_args(AgencyKind)),
    "may_say": ("what its system may submit", get_args(Saying)),
    "ground": ("why a line's event goes out", get_args(Ground)),
    "purpose": ("of a consent: in a line, and in `consents` of a referral", PURPOSES),
    "data_class": ("of a consent: what its recipient may learn", DATA_CLASSES),
    "given_by": ("in `consent` of a report: who agreed", get_args(GivenBy)),
    "how": ("in `consent` of a report", get_args(How)),
    "child_view": ("in `consent` of a report about a child: what the child thinks of it", get_args(ChildView)),
    "channel": ("of a report: how it came", get_args(Channel)),
    "reason": ("of HandoverAnswered, where the support is not taken over", get_args(HandoverRefusal)),
}


def headers() -> dict[str, Mapping[str, object]]:
    """JSON Schema of each header, by the list that every reader checks."""
    found: dict[str, Mapping[str, object]] = {}
    for name, header in HEADERS.items():
        form = {"format": _FORMATS[name]} if name in _FORMATS else {}
        found[name] = {"type": "string", "pattern": f"^({header.pattern})$", "description": header.description} | form
    return found | {"traceparent": {"type": "string", "description": "W3C trace context of the change"}}


REQUIRED = sorted(NEEDED)
SERVERS: Mapping[str, object] = {
    "broker": {
        "host": "{broker}",
        "protocol": "kafka-secure",
        "description": (
            "Kafka, TLS. Sign in with SASL/OAUTHBEARER: the client-credentials token of your client, agency-<code>, "
            f"at the realm's token endpoint. It lives {TOKEN_SECONDS} seconds: fetch a new one before its end. "
            "The broker's certificate authority comes with your secret. A stack on one machine has no TLS."
        ),
        "variables": {"broker": {"description": "host:port, from the operator", "examples": ["bus.example.az:9093"]}},
        "security": [{"$ref": "#/components/securitySchemes/client"}],
    }
}
SECURITY: Mapping[str, object] = {
    "client": {
        "type": "oauth2",
        "description": "A token for the audience `kafka`; the principal on the bus is the client's id.",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "https://sign-in.example.az/realms/nrm/protocol/openid-connect/token",
                "availableScopes": {},
            }
        },
    }
}
_QUOTAS = _ACCESS.quotas
RULES: Mapping[str, str] = {
    "key": "The key is the field that the schema's `x-key` names: the case, or the handle of a referral.",
    "order": (
        "Messages of one key stay in order: they are on one of three partitions. Between keys there is no order, and "
        "none between what you submit and what you receive."
    ),
    "replay": (
        "A message may come twice, after a break on either side: drop a `ce_id` that you have applied. Begin at the "
        "earliest offset, and commit an offset after your database has the message. What you submit twice with one "
        "`ce_id` is answered once."
    ),
    "retention": f"{KEPT_DAYS} days on both topics. Whoever reads later than that rings the operator.",
    "sizes": (
        f"A batch that you submit has at most {LARGEST_SUBMISSION:,} bytes; you may write "
        f"{_QUOTAS['producer_byte_rate']:,.0f} and read {_QUOTAS['consumer_byte_rate']:,.0f} bytes a second, beyond "
        "which the broker lets you wait."
    ),
    "answers": (
        "Each submission is answered once, by SubmissionAnswered with its `ce_id` as `submission_id`; most within a "
        "second. No answer in a minute: the platform is away, and answers when it is back. Do not submit anew."
    ),
}


def channel_notes(topic: str) -> dict[str, object]:
    """What a channel of agencies states beside its messages."""
    if not topic.startswith("ext."):
        return {}
    submitted = topic.endswith(".in")
    wanted = [name for name in RULES if submitted or name != "answers"]
    return {
        "description": "\n".join(RULES[name] for name in wanted),
        "servers": [{"$ref": "#/servers/broker"}],
    } | ({"x-refusals": _refusals(), "x-lists": _lists()} if submitted else {})


def size_limit(topic: str) -> dict[str, int]:
    return {"max.message.bytes": LARGEST_SUBMISSION} if topic.startswith("ext.") and topic.endswith(".in") else {}


def _id(name: str) -> str:
    return str(uuid5(_CASE, name))


_SHARED = {"assistance_id": _id("assistance"), "kind": "legal"}
_CONSENT = {"recipient": "ngo-amc", "purpose": "assistance", "data_class": "needs"}
_EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "ReferralSubmitted": {"handle_id": _id("handle"), "consents": [_CONSENT]},
    "ReferralTaken": {"case_id": str(_CASE)},
    "HandoverAnswered": {
        "case_id": str(_CASE),
        "handover_id": _id("handover"),
        "taken": False,
        "reason": "no_capacity",
    },
    "CourseEnrolmentTold": {"case_id": str(_CASE), "course": "sewing", "enrolled": 6, "needed": 8},
    "WithdrawalAcknowledged": {"case_id": str(_CASE), "consent_id": _id("consent")},
    "SubmissionAnswered": {
        "submission_id": _id("submission"),
        "key": _id("handle"),
        "accepted": True,
        "code": "accepted",
        "case_id": str(_CASE),
    },
    "EventShared": {
        "case_id": str(_CASE),
        "event_id": _id("event"),
        "event": "nrm.shelter.AssistanceGiven.v1",
        "purpose": "assistance",
        "agreement": 3,
        "fields": _SHARED,
    },
    "ConsentEnded": {
        "case_id": str(_CASE),
        "consent_id": _id("consent"),
        "purpose": "assistance",
        "data_class": "needs",
        "acknowledge_by": "2026-03-09T19:59:59+00:00",
    },
}


def example(name: str) -> dict[str, object] | None:
    """A real message of an agency's type, as it goes on the wire; None for a type of the services."""
    event = AGENCY_MESSAGES.get(name)
    if event is None:
        return None
    data = event.model_validate({"effective_at": _AT, **_EXAMPLES[event.__name__]})
    source = event.publisher() if event.publisher() == "/nrm/exchange" else "/agency/ngo-amc"
    about = {"type": name, "source": source, "subject": data.subject, "time": _AT, "key": data.stream}
    envelope = Envelope(id=uuid5(_CASE, name), sequence=1, data=data, **about)  # type: ignore[arg-type]
    _, value, sent = to_message(envelope)
    return {"headers": {header: content.decode() for header, content in sent}, "payload": json.loads(value)}


def _refusals() -> dict[str, JsonValue]:
    """Code → what it means and what to do; `*` is any other."""
    return {code: list(refusal[:2]) for code, refusal in (*REFUSALS.items(), ("*", OTHER))}


def _lists() -> dict[str, JsonValue]:
    """The closed lists of values."""
    return {name: list(values) for name, (_, values) in LISTS.items()}


def lists() -> Iterator[str]:
    """The closed lists, as a table."""
    yield from ("| list | where | values |", "|---|---|---|")
    for name, (where, values) in LISTS.items():
        yield f"| `{name}` | {where} | {', '.join(f'`{value}`' for value in values)} |"


def refusals() -> Iterator[str]:
    """Every code of a refusal, as a table."""
    yield from ("| code | it means | what to do | who |", "|---|---|---|---|")
    for code, (means, mend, staff) in REFUSALS.items():
        yield f"| `{code}` | {means} | {mend} | {'staff' if staff else 'engineer'} |"
    yield f"| any other | {OTHER.means} | {OTHER.mend} | staff |"


def rules() -> Iterator[str]:
    """Keys, order, replay, retention and sizes, as a list."""
    yield from (f"- **{name}**: {sentence}" for name, sentence in RULES.items())


def agreement_schema() -> str:
    """JSON Schema of an agreement's file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Agree.model_json_schema(by_alias=True)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def filled(page: str) -> str:
    """The page with each part between `<!-- made: NAME -->` and `<!-- end -->` made anew."""
    made = {"lists": lists, "refusals": refusals, "rules": rules}

    def part(found: re.Match[str]) -> str:
        return "\n".join([f"<!-- made: {found[1]} -->", *made[found[1]](), "<!-- end -->"])

    return re.sub(r"<!-- made: (\w+) -->\n.*?<!-- end -->", part, page, flags=re.DOTALL)
