"""Who may hold a case next, and on which ground (ID-20). Pure."""

from chassis.errors import Fault, Invalid, NotPossible


def check_ground(ground: str, has_consent: bool, legal_reference: str | None) -> None:
    """With the person's consent, or by law: what belongs to the ground, and nothing else. Invalid otherwise."""
    wanted = {"consent": (True, False), "law": (False, True)}[ground]
    if (has_consent, legal_reference is not None) != wanted:
        where = "body.consent" if ground == "consent" else "body.legal_reference"
        faults = [Fault(where, "ground_incomplete", "needed for this ground, and for no other")]
        raise Invalid("ground_incomplete", "State who agreed and how, or by which provision.", faults=faults)


def check_word_carries(given_by: str | None, age_group: str) -> None:
    """Who counts as a child by the time of the acceptance did not agree alone (ID-12). NotPossible `given_by_child`."""
    if given_by == "person" and age_group == "child":
        raise NotPossible("given_by_child", "The person counts as a child by now: the guardian agrees for them.")


def check_new_holder(to: str, holder: str, *, police: bool, handed_over: bool) -> None:
    """Another agency than the holder; police only of a case that was handed over (ID-7)."""
    if to == holder:
        raise NotPossible("already_the_holder", "This agency holds the case already.")
    if police and not handed_over:
        raise NotPossible("not_handed_over", "Police hold only cases that were handed over.")
