"""By an agency's code: its client in Keycloak, its topics, its rights and its quotas. The one place that defines them.

An agency's kind decides nothing here: what goes out on its topic is for the exchange alone (docs/adr/0018).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nrm_events import agency_topic, partitions_of
from nrm_events.taking_part import AGENCY_CLIENT, AGENCY_ROLE

TOKEN_SECONDS = 60
"""An agency that is cut off is out when its last token ends."""
AUDIENCES = ("nrm-api", "kafka")
KEPT_DAYS = 30
LARGEST_SUBMISSION = 65_536
"""Bytes of a batch that an agency submits. One submission is a few hundred, and no person travels here."""

_CODE = re.compile(r"[a-z]{2,12}(-[a-z]{2,12}){0,2}")

Representation = dict[str, Any]
Topic = dict[str, int]


@dataclass(frozen=True)
class Grant:
    """One right: `principal` may do `operation` on a topic, group …; `prefixed` covers all whose names begin so."""

    principal: str
    operation: str
    resource: str
    name: str
    prefixed: bool = False


@dataclass(frozen=True)
class Access:
    """What the system of one agency may use."""

    code: str

    @property
    def client_id(self) -> str:
        """Its client in Keycloak, which is its name on the bus."""
        return f"{AGENCY_CLIENT}{self.code}"

    @property
    def principal(self) -> str:
        return f"User:{self.client_id}"

    @property
    def writes(self) -> str:
        return agency_topic(self.code, "in")

    @property
    def reads(self) -> str:
        return agency_topic(self.code, "out")

    @property
    def topics(self) -> dict[str, Topic]:
        """The exchange writes `out` alone, in batches of its own size; what is handed `in` is bounded."""
        of_both = {"partitions": partitions_of(self.writes), "retention_days": KEPT_DAYS}
        return {self.reads: dict(of_both), self.writes: of_both | {"max_message_bytes": LARGEST_SUBMISSION}}

    @property
    def grants(self) -> set[Grant]:
        """Its groups are its client's name, and those that begin with that and a dot.

        No code has a dot, so the agency `sms` gets none of `sms-two`.
        """
        return {
            Grant(self.principal, "WRITE", "TOPIC", self.writes),
            Grant(self.principal, "READ", "TOPIC", self.reads),
            Grant(self.principal, "READ", "GROUP", self.client_id),
            Grant(self.principal, "READ", "GROUP", f"{self.client_id}.", prefixed=True),
        }

    @property
    def quotas(self) -> Mapping[str, float]:
        """Bytes a second in and out, and the share in percent of one thread of the broker."""
        return {"producer_byte_rate": 65_536.0, "consumer_byte_rate": 1_048_576.0, "request_percentage": 10.0}

    def client(self, seconds: int = TOKEN_SECONDS) -> Representation:
        """As Keycloak's admin API takes it; whether it is enabled and its secret are not part of it."""
        return {
            "clientId": self.client_id,
            "protocol": "openid-connect",
            "publicClient": False,
            "serviceAccountsEnabled": True,
            "standardFlowEnabled": False,
            "directAccessGrantsEnabled": False,
            "attributes": {
                "access.token.lifespan": str(seconds),
                "oauth2.device.authorization.grant.enabled": "false",
            },
            "protocolMappers": [
                *map(audience_mapper, AUDIENCES),
                claim_mapper("agency", self.code, "String"),
                claim_mapper("roles", f'["{AGENCY_ROLE}"]', "JSON"),
            ],
        }


def access_of(code: str) -> Access:
    """ValueError: it is no code of an agency."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no code of an agency: one to three words of a to z, as ngo-amc")
    return Access(code)


def code_of(principal: str) -> str | None:
    """The agency whose principal this is; None: it is no agency's."""
    code = principal.removeprefix(f"User:{AGENCY_CLIENT}")
    return code if code != principal and _CODE.fullmatch(code) else None


def audience_mapper(audience: str) -> Representation:
    """A client's tokens are for this audience."""
    return mapper(f"audience-{audience}", "oidc-audience-mapper", {"included.custom.audience": audience})


def claim_mapper(name: str, value: str, kind: str) -> Representation:
    """A claim that is the same in every token of a client."""
    return mapper(
        name, "oidc-hardcoded-claim-mapper", {"claim.name": name, "claim.value": value, "jsonType.label": kind}
    )


def mapper(name: str, kind: str, config: dict[str, str]) -> Representation:
    """A protocol mapper into access tokens alone."""
    everywhere = {"access.token.claim": "true", "id.token.claim": "false", "userinfo.token.claim": "false"}
    return {
        "name": name,
        "protocol": "openid-connect",
        "protocolMapper": kind,
        "config": {**everywhere, "introspection.token.claim": "true", **config},
    }
