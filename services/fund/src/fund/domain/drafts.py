"""The terms of a claim as a person drafts or amends them (FU-2, FU-3)."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace

from chassis.errors import Invalid

from fund.domain.claims import shortfall


@dataclass(frozen=True)
class Draft:
    """What a claim is for, how much, and on which papers. Amounts in whole qəpik."""

    purpose: str | None
    amount_qepik: int | None
    payee: str | None
    document: str | None
    awarded_qepik: int | None
    from_property_qepik: int | None
    property_document: str | None
    shared_decision: bool


TERMS = tuple(field.name for field in fields(Draft))
_AWARD = ("awarded_qepik", "from_property_qepik", "property_document")


def checked(kind: str, draft: Draft, needs: Collection[str]) -> Draft:
    """The draft with the amount of a compensation computed (FU-3). Invalid names what is missing or out of place."""
    if kind == "compensation":
        return _compensation(draft)
    awards = [name for name in _AWARD if getattr(draft, name) is not None]
    if awards or draft.shared_decision:
        raise Invalid(
            "only_for_compensation", "An award belongs to a claim for compensation.", facts={"fields": awards}
        )
    if draft.amount_qepik is None:
        raise Invalid("amount_missing", "The amount in qəpik is missing.")
    if kind == "allowance" and draft.purpose is not None:
        raise Invalid("only_for_needs_grant", "A purpose belongs to a needs grant.")
    if kind == "needs_grant" and draft.purpose not in needs:
        raise Invalid("unknown_purpose", "What the grant is for is not on the list.", facts={"known": list(needs)})
    return draft


def _compensation(draft: Draft) -> Draft:
    if draft.purpose is not None:
        raise Invalid("only_for_needs_grant", "A purpose belongs to a needs grant.")
    if draft.document is None or draft.awarded_qepik is None or draft.from_property_qepik is None:
        raise Invalid(
            "court_decision_missing", "The court decision, its award or what the property covered is missing."
        )
    amount = shortfall(draft.awarded_qepik, draft.from_property_qepik)
    if draft.amount_qepik not in (None, amount):
        raise Invalid("amount_is_not_the_shortfall", "The Fund pays the shortfall.", facts={"shortfall_qepik": amount})
    return replace(draft, amount_qepik=amount)
