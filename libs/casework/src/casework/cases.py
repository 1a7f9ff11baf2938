"""A case by the reference that people use. The reference follows from the id, and an index goes the other way."""

from uuid import UUID

from chassis.errors import Fault, Invalid
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import ALPHABET, case_reference, read_reference
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, literal_column, select

from casework import access
from casework.access import CaseId

_BITS = "substring(sha256('nrm case reference'::bytea || uuid_send(case_id)) from 2 for 4)"
"""The last 32 of the 35 bits that a reference has of its case."""


class CaseFound(BaseModel):
    """A case that the reader may know of."""

    case_id: UUID
    case_ref: str = Field(examples=["K7F3-XA9M"])


def index_of_references(table: str) -> str:
    """The index by which `by_reference` finds a case of the table."""
    return f"create index ix_{table}_reference on {table} ({_BITS})"


async def by_reference(uow: UnitOfWork, case_id: CaseId, text: str, *, for_: str) -> Page[CaseFound]:
    """The case with this reference; nothing where it is absent, and where the actor may not know of it (ID-7).

    `case_id` is a column of a table that has the index. Invalid `not_a_reference` for what arithmetic refuses.
    """
    reference = read_reference(text)
    if reference is None:
        faults = [Fault("query.case_ref", "not_a_reference", "a sign is wrong, or two are exchanged")]
        raise Invalid("not_a_reference", "This cannot be the reference of a case.", faults=faults)
    found = select(case_id).where(_has(case_id, reference), access.visible(uow, case_id, for_=for_))
    ids = [id_ for id_ in await uow.session.scalars(found) if case_reference(id_) == reference]
    return Page(items=[CaseFound(case_id=id_, case_ref=reference) for id_ in ids])


def _has(case_id: CaseId, reference: str) -> ColumnElement[bool]:
    signs = reference.replace("-", "")[:-1]
    number = sum(ALPHABET.index(sign) << 5 * place for place, sign in enumerate(signs))
    salt: ColumnElement[bytes] = literal_column("'nrm case reference'::bytea")
    two: ColumnElement[int] = literal_column("2")
    four: ColumnElement[int] = literal_column("4")
    digest = func.sha256(salt.op("||")(func.uuid_send(case_id)))
    return func.substring(digest, two, four) == (number & 0xFFFFFFFF).to_bytes(4, "big")
