"""Who is paid: the person, or for a child and a represented person their representative alone (FU-6). Pure."""

from typing import Literal

from chassis.errors import NotPossible

Payee = Literal["person", "representative"]
Relation = Literal["guardian", "parent", "legal_representative"]
OF_A_CHILD: tuple[Relation, ...] = ("guardian", "parent")
"""Who represents a child does so no longer once the person is an adult."""


def check_relation(relation: Relation, *, is_child: bool, has_guardian: bool) -> None:
    """A child is represented once the guardian is known (ID-5); an adult by a decision of a court alone.

    NotPossible `guardian_missing`, `not_a_child`.
    """
    if is_child and not has_guardian:
        raise NotPossible("guardian_missing", "A guardian comes first.")
    if not is_child and relation in OF_A_CHILD:
        raise NotPossible("not_a_child", "An adult has no guardian here: name a legal representative.")


def check_payee(payee: Payee, *, is_child: bool, relation: Relation | None) -> None:
    """NotPossible `payee_is_a_child`, `payee_is_represented`, `representative_unknown`: nothing is opened then."""
    represents = relation is not None and (is_child or relation not in OF_A_CHILD)
    if payee == "person" and is_child:
        raise NotPossible("payee_is_a_child", "A child is paid through the representative: amend the claim.")
    if payee == "person" and represents:
        raise NotPossible("payee_is_represented", "The person has a representative: amend the claim.")
    if payee == "representative" and not represents:
        raise NotPossible("representative_unknown", "No representative is recorded who could be paid.")
