"""Residence permits on the pages: what is waived, what waits, what a decision rests on (R2–R4; RP-1 … RP-3)."""

from collections.abc import Mapping, Sequence

from staffui import words_of
from staffui.ask import Asked
from staffui.catalogue import Language
from staffui.choosing import one_of
from staffui.pages import Facts, Form, List, Object, Part, Start, shown
from staffui.view import Option

from repatriation.answers import DecisionAnswer, OpinionAnswer, PermitAnswer, PermitRow
from repatriation.domain.permits import CONSULTED_BODIES, OBJECTION_REASONS, PERMIT

_BASIS = "apply_by lawful_stay_ends fingerprints waived_documents refusal_grounds_now"


async def grounds_now(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """What a refusal of this permit may name now (RP-3)."""
    permit = await asked.get("/api/permits/{permit_id}".format(**ids))
    return [Option(one, words_of.code(language, "reasons", one)) for one in permit["refusal_grounds_now"]]


async def bodies_asked(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The bodies that were consulted, those without an answer first (RP-3)."""
    permit = await asked.get("/api/permits/{permit_id}".format(**ids))
    waiting = sorted(permit["opinions"], key=lambda one: one["answered_at"] is not None)
    return [Option(one["body"], words_of.code(language, "body", one["body"])) for one in waiting]


PERMITS = List(
    "/permits",
    "/api/permits",
    PermitRow,
    shown(PermitRow, "case_ref:ref state:tag:permit ground apply_by:clock valid_until:clock age_group"),
    filters={"state": PERMIT.states, "re_examine": ("true",)},
    opens="/permits/{id}",
    machine=PERMIT,
    begins=(Start("/permits/new", "act.permit.open"),),
)
PERMIT_PAGE = Object(
    "/permits/{permit_id}",
    "/api/permits/{permit_id}",
    PermitAnswer,
    PERMIT,
    back="/permits",
    way=("eligible", "applied", "motion_requested", "motion_received", "lodged", "opinion_pending", "granted"),
    person=shown(PermitAnswer, "age_group ground"),
    cards=(
        Facts(
            "permit",
            shown(
                PermitAnswer, "valid_until apply_by lawful_stay_ends registered_at:agency follows:link:/permits/{id}"
            ),
            known_only=True,
        ),
        Facts(
            "application", shown(PermitAnswer, "fee_qepik:money fingerprints fingerprints_from_age waived_documents")
        ),
        Facts("grounds", shown(PermitAnswer, "refusal_grounds_now waived_refusal_grounds")),
    ),
    tables={
        "opinions": Facts("opinions", shown(OpinionAnswer, "body asked_at due_at answered_at silent objection reason")),
        "decisions": Facts(
            "decisions", shown(DecisionAnswer, "outcome:tag decided_at months valid_until reasons text")
        ),
    },
    related=(Part("permits_of_case", PERMITS, {"case_id": "{case_id}"}),),
    choices={
        ("ask_opinion", "body"): one_of("body", CONSULTED_BODIES),
        ("give_opinion", "body"): bodies_asked,
        ("give_opinion", "reason"): one_of("reason", OBJECTION_REASONS),
        ("refuse", "reasons"): grounds_now,
    },
    grave=("refuse", "cancel", "surrender", "withdraw", "end_proceedings"),
    suffix="_permit",
    sent_to={"cancel": "ending", "surrender": "ending"},
    forms={
        "cancel": Form(given={"how": "cancelled"}, beside=shown(PermitAnswer, "valid_until")),
        "surrender": Form(given={"how": "surrendered"}, beside=shown(PermitAnswer, "valid_until")),
        "grant": Form(beside=shown(PermitAnswer, _BASIS)),
        "extend": Form(beside=shown(PermitAnswer, "valid_until apply_by lawful_stay_ends")),
        "refuse": Form(beside=shown(PermitAnswer, f"{_BASIS} waived_refusal_grounds")),
    },
)
