"""Voluntary returns on the pages: gates first, then travel, hand-over and follow-up (R6, R7; RP-5, RP-6)."""

from collections.abc import Collection, Mapping, Sequence

from nrm_events.taking_part import AGENCIES
from staffui import words_of
from staffui.ask import Asked
from staffui.catalogue import Language
from staffui.pages import Choices, Facts, Form, List, Object, Part, Start, shown
from staffui.view import Option

from repatriation.answers import ClaimAnswer, GateAnswer, ReturnAnswer, ReturnRow, VisitAnswer
from repatriation.domain.returns import OUTSIDE_BODIES, PAYERS, PAYING_KINDS, RECEIVING_KINDS, RETURN

_GATES = "consent_at risk_level retrafficking_risk risk_assessed_at guardian best_interests opinion_heard"


async def countries(_asked: Asked, _ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """Every country, by name."""
    return [Option(code, name) for code, name in words_of.countries(language)]


def bodies(field: str, known: Collection[str], kinds: Collection[str]) -> Choices:
    """Bodies outside the mechanism, then its agencies of these kinds."""

    async def choices(_asked: Asked, _ids: Mapping[str, str], language: Language) -> Sequence[Option]:
        agencies = [code for code, agency in AGENCIES.items() if agency.kind in kinds]
        outside = [Option(code, words_of.code(language, field, code)) for code in known]
        return [*outside, *(Option(code, words_of.agency(language, code)) for code in agencies)]

    return choices


RETURNS = List(
    "/returns",
    "/api/returns",
    ReturnRow,
    shown(ReturnRow, "case_ref:ref state:tag:return country agency:agency requested_at:since departed_at age_group"),
    filters={"state": RETURN.states, "re_examine": ("true",)},
    opens="/returns/{id}",
    machine=RETURN,
    begins=(Start("/returns/new", "act.return.request", Form(choices={"country": countries})),),
)
RETURN_PAGE = Object(
    "/returns/{return_id}",
    "/api/returns/{return_id}",
    ReturnAnswer,
    RETURN,
    back="/returns",
    way=(
        *("requested", "consent_recorded", "risk_assessed", "claims_checked", "cleared", "documents"),
        *("travel_booked", "departed", "handed_over", "closed"),
    ),
    person=shown(ReturnAnswer, "age_group country"),
    cards=(
        Facts("assessment", shown(ReturnAnswer, f"{_GATES} claims_checked_at re_examine"), known_only=True),
        Facts(
            "journey",
            shown(
                ReturnAnswer,
                "agency:agency requested_at payer departed_at handover_to handed_over_at ended_without_body",
            ),
            known_only=True,
        ),
    ),
    tables={
        "gates": Facts("gates", shown(GateAnswer, "name passed reason")),
        "open_claims": Facts("open_claims", shown(ClaimAnswer, "kind since")),
        "visits": Facts("visits", shown(VisitAnswer, "outcome visited_at")),
    },
    related=(Part("returns_of_case", RETURNS, {"case_id": "{case_id}"}),),
    choices={
        ("book_travel", "payer"): bodies("payer", PAYERS, PAYING_KINDS),
        ("offer_handover", "to"): bodies("to", OUTSIDE_BODIES, RECEIVING_KINDS),
    },
    grave=("withdraw", "close_without_body", "did_not_depart"),
    suffix="_return",
    sent_to={"depart": "departure", "did_not_depart": "departure-correction"},
    forms={
        "assess_risk": Form(beside=shown(ReturnAnswer, "country risk_level risk_assessed_at")),
        "decide_best_interests": Form(
            asks=lambda _: ("decision", "opinion_heard"), beside=shown(ReturnAnswer, "guardian opinion_age risk_level")
        ),
        "clear": Form(beside=shown(ReturnAnswer, f"{_GATES} claims_checked_at")),
        "depart": Form(beside=shown(ReturnAnswer, "country payer consent_at")),
    },
)
