"""What all events share. An event is thin: ids, codes, dates, amounts and an age group; never a name, a birth date,
a document, a phone, an address, the place of a shelter or free text (protection.md)."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Code = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$", description="A code from a list, never free text")
]
Agency = Annotated[str, Field(pattern=r"^[a-z]{2,12}(-[a-z]{2,12}){0,2}$", description="Code of an agency")]
Qepik = Annotated[int, Field(ge=0, le=10**15, description="Whole qəpik; 100 qəpik = 1 AZN")]
AgeGroup = Literal["child", "adult", "unknown"]
Citizenship = Literal["citizen", "foreign", "stateless", "unknown"]


class Event(BaseModel):
    """An act that took effect at `effective_at` in the case `case_id`."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    service: ClassVar[str]
    version: ClassVar[int] = 1
    classification: ClassVar[str] = "case-reference"
    about: ClassVar[str]

    effective_at: AwareDatetime = Field(description="When the act took effect, with zone")

    @classmethod
    def type_name(cls) -> str:
        return f"nrm.{cls.service}.{cls.__name__}.v{cls.version}"

    @classmethod
    def topic(cls) -> str:
        return f"nrm.{cls.service}"

    @classmethod
    def belongs_on(cls, topic: str) -> bool:
        """Whether it counts on this topic; the broker decides who may write there."""
        return topic == cls.topic()

    @classmethod
    def publisher(cls) -> str:
        """The publisher, as `ce_source`."""
        return f"/nrm/{cls.service}"

    @classmethod
    def key_field(cls) -> str:
        """The field whose id is the key on the wire: events of one key stay in order."""
        return f"{cls.about}_id"

    def upcast(self) -> "Event":
        """The same in the next version; itself, if it is of the newest."""
        return self

    @property
    def subject(self) -> str:
        """The aggregate that changed, e.g. `stay/0190…`."""
        return f"{self.about}/{getattr(self, self.about + '_id')}"

    @property
    def stream(self) -> UUID:
        """The key whose events stay in order; the aggregate itself where there is no case."""
        key: UUID = getattr(self, self.key_field())
        return key


class CaseEvent(Event):
    """An event of one person's case."""

    about: ClassVar[str] = "case"
    case_id: UUID

    @classmethod
    def key_field(cls) -> str:
        return "case_id"


class GrantEvent(CaseEvent):
    """About something that a service granted to the person: `grant` is its kind."""

    about: ClassVar[str] = "grant"
    grant: Literal["stay", "handover", "claim", "bar", "permit", "return", "reflection"]
    grant_id: UUID


class ReExamination(GrantEvent):
    """What the grant rests on has changed, so a person looks at it again; nothing is cancelled by it (ID-9)."""

    reason: Code
    agency: Agency | None = Field(default=None, description="Who must look; empty: the holder of the case")


class Answered(Event):
    """What became of a submission of an agency's system: accepted, or refused with a stable code."""

    about: ClassVar[str] = "submission"
    submission_id: UUID
    agency: Agency
    accepted: bool
    code: Code = Field(description="`accepted`, or why not")
    case_id: UUID | None = Field(default=None, description="The case that an accepted referral began or belongs to")
