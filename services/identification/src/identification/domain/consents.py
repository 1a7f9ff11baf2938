"""Who can agree for a person, and for what a grant is refused (ID-12). Pure."""

from chassis.errors import Fault, Invalid, NotPossible

SUPPORT = frozenset({"shelter", "assistance", "legal_aid", "medical", "psychological", "reintegration"})
"""Purposes that support after the shelter rests on: with the last of them its recipient serves no more (SH-8)."""

_HELPING = frozenset({"ngo", "social_support", "health", "education", "child_protection", "international", "justice"})
"""Kinds of agencies that help whoever comes to them; justice with legal aid alone."""

_OUTLIVING = frozenset({"legal_aid", "removal_bar", "residence_permit", "return"})


def outlives(purpose: str, ending: str) -> bool:
    """Whether a consent stands on after this ending of the case.

    An appeal, a bar, a permit and the way home outlive a closed case. Who withdraws takes every consent back.
    """
    return ending != "withdraw" and purpose in _OUTLIVING


def check_given_by(given_by: str, child_view: str | None, age_group: str) -> None:
    """A child never agrees alone: the guardian or the guardianship authority does, with the child's view (ID-12).

    Nobody agrees for an adult. Invalid `given_by_child`, `child_view_missing`, `not_a_child`, `agrees_in_person`.
    """
    if age_group == "child":
        if given_by == "person":
            raise _invalid("given_by_child", "given_by", "The guardian agrees for a child.")
        if child_view is None:
            raise _invalid("child_view_missing", "child_view", "Record what the child thinks of it.")
    elif child_view is not None or given_by == "guardianship_authority":
        raise _invalid("not_a_child", "given_by", "The person is not a child, nor taken for one.")
    else:
        check_in_person(given_by)


def check_in_person(given_by: str) -> None:
    """An adult agrees in person; a guardian's word would need a court's decision, for which there is no field yet.

    So does who is a child by another agency's doubt alone, to the hand-over: no doubt opens the way to police (ID-7).
    Invalid `agrees_in_person`.
    """
    if given_by != "person":
        raise _invalid("agrees_in_person", "given_by", "The person agrees in person, and nobody for them.")


def _invalid(code: str, field: str, sentence: str) -> Invalid:
    return Invalid(code, sentence, faults=[Fault(f"body.{field}", code, sentence)])


def check_help(kind: str | None, purpose: str) -> None:
    """Who does not hold the case records consents to recipients of help alone, and for help (ID-12).

    An unknown kind helps nobody. NotPossible `not_a_recipient_of_help`, `not_a_purpose_of_help`.
    """
    if kind not in _HELPING:
        raise NotPossible("not_a_recipient_of_help", "Your agency records consents to recipients of help alone.")
    if purpose not in ({"legal_aid"} if kind == "justice" else SUPPORT):
        raise NotPossible("not_a_purpose_of_help", "Your agency records consents to help alone.")


def check_may_withdraw(*, holds: bool, formal_body: bool, recorded_it: bool, receives_it: bool) -> None:
    """Who can record that a consent was withdrawn: its holder any, others their own (ID-12)."""
    if not (holds or receives_it or (formal_body and recorded_it)):
        raise NotPossible("not_your_consent", "Your agency neither receives by this consent nor recorded it.")
