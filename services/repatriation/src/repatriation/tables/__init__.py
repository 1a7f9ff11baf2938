"""What repatriation stores: codes, dates and ids, and no person."""

from repatriation.tables.bars import Bar, Certificate
from repatriation.tables.base import NOTE_MAX, Base, OfACase, one_of
from repatriation.tables.cases import CaseFile, ClaimSeen, Guardian, Recognition, Reflection, ThingSeen
from repatriation.tables.permits import Permit, PermitDecision, PermitOpinion
from repatriation.tables.returns import FollowUp, Return

__all__ = [
    "CONSTRAINTS",
    "NOTE_MAX",
    "Bar",
    "Base",
    "CaseFile",
    "Certificate",
    "ClaimSeen",
    "FollowUp",
    "Guardian",
    "OfACase",
    "Permit",
    "PermitDecision",
    "PermitOpinion",
    "Recognition",
    "Reflection",
    "Return",
    "ThingSeen",
    "one_of",
]

CONSTRAINTS = {
    "uq_bar_standing": ("bar_already_standing", "A bar of this kind stands already."),
    "uq_permit_live": ("permit_already_open", "A permit on this ground is open already."),
    "uq_permit_decision_permit_id_round": ("already_decided", "The permit was decided already."),
    "uq_permit_opinion_permit_id_body": ("already_asked", "This body was consulted already."),
    "ck_voluntary_return_second_person": ("second_person_needed", "Another person does this."),
    "ck_voluntary_return_acknowledged": ("second_person_needed", "Another person does this."),
    "ck_voluntary_return_receiver": ("sender_receives", "Whoever hands over does not take over."),
    "uq_voluntary_return_open": ("return_already_open", "A return of this person is open already."),
}
"""Constraint → the code and the sentence that a person gets."""
