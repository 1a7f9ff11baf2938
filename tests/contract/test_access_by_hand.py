"""Written by hand from the table of who may do what by which basis, not from the code: what must be refused.

A line is a service, an action, the roles of whoever tries, and the only basis on which their agency knows of the case.
"""

from uuid import UUID

import pytest
from casework.bases import Basis, covered

from ..conftest import SERVICES

_ID = UUID(int=7)
BORDER_TOLD = Basis("consent", "removal_bar", "case_reference", _ID)
FOR_SHELTER = Basis("consent", "shelter", "identity", _ID)
FOR_LEGAL_AID = Basis("consent", "legal_aid", "identity", _ID)
FOR_MEDICINE = Basis("consent", "medical", "needs", _ID)
FOR_JOINT_ASSESSMENT = Basis("consent", "joint_assessment", "identity", _ID)
TOLD_OF_BAR = Basis("told_of_bar", ref=_ID)
ASKED_FOR_PLACE = Basis("asked", "place", ref=_ID)
ASKED_TO_TAKE_OVER = Basis("asked", "handover", ref=_ID)
SERVES_IN_PLACE = Basis("serves", "place", ref=_ID)
SERVES_AFTER = Basis("serves", "handover", ref=_ID)
FORMAL = Basis("formal_body")
GUARDIAN = Basis("guardian_authority")
HOLDER = Basis("holder")
COURT = Basis("court", data_class="identity", ref=_ID)

DESK = ("reporter", "caseworker", "assessor")
REFUSED: list[tuple[str, str, tuple[str, ...], Basis]] = [
    # Let in for a removal bar: sees that it stands and nothing else, and does nothing to the case.
    ("identification", "record_consent", DESK, BORDER_TOLD),
    ("identification", "refer", DESK, BORDER_TOLD),
    ("identification", "screen", DESK, BORDER_TOLD),
    ("identification", "read_assessment", DESK, BORDER_TOLD),
    ("identification", "who_knows", DESK, BORDER_TOLD),
    ("identification", "close", DESK, BORDER_TOLD),
    ("identification", "withdraw", DESK, BORDER_TOLD),
    ("identification", "establish_age", DESK, BORDER_TOLD),
    ("identification", "end_reflection", DESK, BORDER_TOLD),
    ("identification", "offer_holder", DESK, BORDER_TOLD),
    ("identification", "disclose", DESK, BORDER_TOLD),
    ("identification", "set_safe_contact", DESK, BORDER_TOLD),
    ("shelter", "see_stays", DESK, BORDER_TOLD),
    ("shelter", "request_place", DESK, BORDER_TOLD),
    ("fund", "create_claim", ("caseworker",), BORDER_TOLD),
    ("repatriation", "see_permits", ("migration-officer", "caseworker"), BORDER_TOLD),
    ("repatriation", "see_returns", ("return-officer", "caseworker"), BORDER_TOLD),
    ("repatriation", "lift_bar", ("motion-officer",), BORDER_TOLD),
    # The migration service, notified of a bar.
    ("identification", "record_consent", DESK, TOLD_OF_BAR),
    ("identification", "read_assessment", DESK, TOLD_OF_BAR),
    ("identification", "read_identity", DESK, TOLD_OF_BAR),
    ("identification", "refer", DESK, TOLD_OF_BAR),
    ("identification", "doubt_age", DESK, TOLD_OF_BAR),
    ("repatriation", "lift_bar", ("motion-officer", "migration-officer"), TOLD_OF_BAR),
    ("repatriation", "open_permit", ("migration-officer",), TOLD_OF_BAR),
    ("shelter", "see_stays", DESK, TOLD_OF_BAR),
    # An NGO that was let in to give a place or to treat, to advise.
    ("identification", "record_consent", DESK, FOR_SHELTER),
    ("identification", "refer", DESK, FOR_SHELTER),
    ("identification", "establish_age", DESK, FOR_SHELTER),
    ("identification", "end_reflection", DESK, FOR_SHELTER),
    ("identification", "close", DESK, FOR_SHELTER),
    ("identification", "presume", DESK, FOR_SHELTER),
    ("identification", "correct_identity", DESK, FOR_SHELTER),
    ("identification", "refer", DESK, FOR_MEDICINE),
    ("identification", "appeal", DESK, FOR_MEDICINE),
    ("identification", "read_assessment", DESK, FOR_MEDICINE),
    ("identification", "record_consent", DESK, FOR_LEGAL_AID),
    ("identification", "end_reflection", DESK, FOR_LEGAL_AID),
    ("identification", "screen", DESK, FOR_JOINT_ASSESSMENT),
    ("identification", "recognise_formally", DESK, FOR_JOINT_ASSESSMENT),
    ("identification", "decline", DESK, FOR_JOINT_ASSESSMENT),
    ("identification", "end_reflection", DESK, FOR_JOINT_ASSESSMENT),
    ("repatriation", "see_permits", ("caseworker",), FOR_SHELTER),
    ("repatriation", "see_bars", ("caseworker",), FOR_MEDICINE),
    ("fund", "create_claim", ("caseworker",), FOR_SHELTER),
    # Asked, and not answered yet.
    ("identification", "read_identity", DESK, ASKED_FOR_PLACE),
    ("identification", "read_assessment", DESK, ASKED_FOR_PLACE),
    ("identification", "record_consent", DESK, ASKED_TO_TAKE_OVER),
    ("identification", "appeal", DESK, ASKED_TO_TAKE_OVER),
    ("identification", "doubt_age", DESK, ASKED_TO_TAKE_OVER),
    ("identification", "doubt_age", DESK, ASKED_FOR_PLACE),
    ("identification", "establish_age", DESK, ASKED_TO_TAKE_OVER),
    ("fund", "create_claim", ("caseworker",), ASKED_FOR_PLACE),
    ("repatriation", "see_bars", ("caseworker",), ASKED_FOR_PLACE),
    ("shelter", "record_service", ("shelter-manager", "shelter-worker"), ASKED_TO_TAKE_OVER),
    # Serving: its own part, and no decision about the case.
    ("identification", "record_consent", DESK, SERVES_IN_PLACE),
    ("identification", "refer", DESK, SERVES_IN_PLACE),
    ("identification", "recognise_formally", DESK, SERVES_IN_PLACE),
    ("identification", "establish_age", DESK, SERVES_IN_PLACE),
    ("identification", "end_reflection", DESK, SERVES_IN_PLACE),
    ("identification", "withdraw", DESK, SERVES_IN_PLACE),
    ("identification", "disclose", DESK, SERVES_AFTER),
    ("identification", "read_assessment", DESK, SERVES_AFTER),
    ("shelter", "decide_extension", ("shelter-manager",), SERVES_AFTER),
    ("repatriation", "raise_bar", ("motion-officer",), SERVES_IN_PLACE),
    # The formal body: decides, and never ends the reflection period.
    ("identification", "end_reflection", DESK, FORMAL),
    ("identification", "refer", DESK, FORMAL),
    ("identification", "presume", DESK, FORMAL),
    ("identification", "offer_holder", DESK, FORMAL),
    # The guardianship authority: the child's interests, not the decision and not the police's work.
    ("identification", "recognise_formally", DESK, GUARDIAN),
    ("identification", "end_reflection", DESK, GUARDIAN),
    ("identification", "record_consent", DESK, GUARDIAN),
    ("identification", "close", DESK, GUARDIAN),
    ("identification", "correct_identity", DESK, GUARDIAN),
    # The holder does not give the formal decision, nor the authority's agreement about a child.
    ("identification", "recognise_formally", DESK, HOLDER),
    ("identification", "agree_to_ending", DESK, HOLDER),
    ("identification", "withdraw_agreement", DESK, HOLDER),
    # Support is ended by who serves alone.
    ("shelter", "end_handover", ("caseworker", "shelter-manager", "reintegration-worker"), HOLDER),
    ("shelter", "end_handover", ("caseworker", "shelter-manager", "reintegration-worker"), ASKED_TO_TAKE_OVER),
    # A court's decision opens what it names, to read.
    ("identification", "record_consent", DESK, COURT),
    ("identification", "refer", DESK, COURT),
    ("identification", "doubt_age", DESK, COURT),
    ("shelter", "see_stays", DESK, COURT),
]


@pytest.mark.parametrize(("service", "action", "roles", "basis"), REFUSED)
def test_is_refused(service: str, action: str, roles: tuple[str, ...], basis: Basis) -> None:
    """ID-7, ID-10, ID-12, SH-7: the table gives this to none of these roles on this basis."""
    table = SERVICES[service].every_right[action]
    allowed = [role for role in roles if role in table and _gives(table[role], basis)]
    assert allowed == []


def _gives(cell: object, basis: Basis) -> bool:
    return covered(cell, {basis}) if isinstance(cell, tuple) else True


def test_there_are_enough_and_no_two_are_the_same() -> None:
    assert len(set(REFUSED)) == len(REFUSED) >= 60
