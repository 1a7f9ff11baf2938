"""What the player reads of the platform's answers; every other field is left alone."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, JsonValue

Json = dict[str, JsonValue]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Answer(Shape):
    """What later steps need of the answer to a command: ids, codes and numbers, nothing of the person.

    `replayed`: the command was done before, and this is the answer of that time.
    """

    id: str = ""
    case_id: str = ""
    age_group: str = ""
    status: str = ""
    state: str = ""
    version: int = 0
    replayed: bool = False

    @classmethod
    def of(cls, body: Json, *, replayed: bool) -> Self:
        stated = {name: body[name] for name in FIELDS if body.get(name) is not None}
        return cls.model_validate(stated | {"replayed": replayed})

    def fields(self) -> Json:
        """Those that the answer had."""
        return self.model_dump(include=set(FIELDS), exclude_unset=True)


FIELDS = tuple(name for name in Answer.model_fields if name != "replayed")


class Item(Shape):
    """An object of a list."""

    id: str
    ground: str = ""


class Items(Shape):
    items: list[Item]


class Return(Shape):
    """Whether repatriation knows of a child's guardian."""

    guardian: bool | None


class Reports(Shape):
    items: list[Answer]


class Offer(Shape):
    id: str
    to: str


class Offers(Shape):
    """The offers of a case to hold it."""

    holder_offers: list[Offer]


class Candidate(Shape):
    case_id: str


class Search(Shape):
    """Whether the same person is known already (ID-18)."""

    search_id: str
    candidates: list[Candidate]


class Place(Shape):
    bed_id: str
    facility: str
    fits: bool
    score: int | None


class Places(Shape):
    """Best first."""

    places: list[Place]


class Figures(Shape):
    """A service's statistics of a year."""

    model_config = ConfigDict(extra="allow")

    def number(self, name: str) -> int:
        return int(getattr(self, name))


class Token(Shape):
    access_token: str
    expires_in: float


class Fault(Shape):
    where: str
    message: str


class Problem(Shape):
    """A refusal."""

    code: str = "None"
    detail: str = ""
    faults: list[Fault] = []


class Bus(Shape):
    """Where agencies' systems reach the bus."""

    client: str = ""


class Endpoints(Shape):
    """`endpoints.json` of a state folder."""

    issuer: str
    services: dict[str, str]
    kafka: Bus = Bus()
    systems: dict[str, Path] = {}
    keycloak: str | None = None
    mail: str | None = None
    sms_file: str | None = None
    traces: str | None = None


class Secrets(Shape):
    """`secrets.json` of a state folder."""

    people: dict[str, str]
    clients: dict[str, str] = {}
    otp: dict[str, str] = {}
