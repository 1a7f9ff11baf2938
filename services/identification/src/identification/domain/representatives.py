"""Who is paid: the person, or for a child and a represented person their representative alone (FU-6). Pure."""

from typing import Literal

from chassis.errors import NotPossible

from identification.domain.known import Known, full_names, text

Payee = Literal["person", "representative"]
Relation = Literal["guardian", "parent", "legal_representative"]
REPRESENTATIVE = "representative"
"""The sealed field of the person with their representative."""
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


def represents(relation: object, *, is_child: bool) -> bool:
    """Whether whoever has this relation acts for the person now; nobody does without a relation."""
    return relation is not None and (is_child or relation not in OF_A_CHILD)


def paid(known: Known, *, is_child: bool) -> tuple[object, ...]:
    """Relation, name and number of whoever is paid: what an approval of the Fund binds (FU-6)."""
    stored = known.get(REPRESENTATIVE)
    if isinstance(stored, dict) and represents(stored.get("relation"), is_child=is_child):
        return stored["relation"], stored["name"], stored["identity_number"]
    return None, *full_names(known)[:1], text(known, "prs_IdentityNumber")


def check_payee(payee: Payee, *, is_child: bool, relation: Relation | None, has_guardian: bool) -> None:
    """NotPossible `payee_is_a_child`, `payee_is_represented`, `representative_unknown`: nothing is opened then.

    A guardian represents the child while a guardian is appointed (ID-5).
    """
    is_represented = represents(relation, is_child=is_child) and (relation != "guardian" or has_guardian)
    if payee == "person" and is_child:
        raise NotPossible("payee_is_a_child", "A child is paid through the representative: amend the claim.")
    if payee == "person" and is_represented:
        raise NotPossible("payee_is_represented", "The person has a representative: amend the claim.")
    if payee == "representative" and not is_represented:
        raise NotPossible("representative_unknown", "No representative is recorded who could be paid.")
