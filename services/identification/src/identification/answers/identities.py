"""The answers to readings of an identity; indicator sets and the year's figures."""

from pydantic import BaseModel

from identification.commands import Representative, SafeContact


class IdentityAnswer(BaseModel):
    version: int
    htcds: dict[str, object]
    account: str | None
    safe_contact: SafeContact | None
    representative: Representative | None = None


class PayeeAnswer(BaseModel):
    """What a payment order needs of the payee, for a child the representative; shown once for one order (FU-6)."""

    name: str
    identity_number: str | None


class AgeAnswer(BaseModel):
    """Whether the person has reached the age; null where nobody knows it (ID-5)."""

    reached: bool | None


class NameAnswer(BaseModel):
    """The name that a certificate is made out to (RP-4); empty where it is not known."""

    name: str


class ContactAnswer(BaseModel):
    """The channel marked safe (NO-2)."""

    channel: str
    address: str
    hours: str | None
    language: str


class IndicatorAnswer(BaseModel):
    code: str
    text: str


class IndicatorSetAnswer(BaseModel):
    indicator_set: str
    version: int
    legal: str | None
    verified: bool
    indicators: list[IndicatorAnswer]


class YearAnswer(BaseModel):
    """Counts by effective date in the year in Baku; no identities. Null: too few persons to show."""

    year: int
    reports: int | None
    identified: int | None
    potential: int | None
    not_recognised: int | None
