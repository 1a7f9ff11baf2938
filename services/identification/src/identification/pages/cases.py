"""Cases on the pages: the list, the case with its acts, pages of its parts (I5–I11; ID-2 … ID-16)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from staffui.elsewhere import BEGINNINGS, address
from staffui.pages import Facts, Form, List, Object, shown
from staffui.view import Link
from staffui.visit import Visit

from identification import answers as a
from identification.domain.cases import CASE as MACHINE
from identification.pages import choices, drawn
from identification.pages.consents import RECORDING
from identification.pages.identity import CHOICES as CORRECTED
from identification.pages.identity import CORRECTION, READING
from identification.pages.papers import PAPERS
from identification.pages.screening import SCREENING

_API = "/api/cases/{case_id}"
_HERE = "/cases/{case_id}"
_VEIL = f"{_HERE}/read_identity"

CASES = List(
    "/cases",
    "/api/cases",
    a.CaseSummary,
    shown(a.CaseSummary, "case_ref:ref status:tag:case clocks age_group holder:agency reported_at:since"),
    filters={"status": MACHINE.states, "unacknowledged": ("true",), "offered": ("true",)},
    opens="/cases/{id}",
    machine=MACHINE,
)

SCREENINGS = Facts(
    "screenings",
    shown(
        a.ScreeningAnswer,
        "screened_at indicator_set set_version explanation",
        {"explanation": drawn.explanation},
    ),
)
RECOGNITIONS = Facts(
    "recognitions",
    shown(a.RecognitionAnswer, "kind authority:agency since reasons dissent revoked_at revoked_reasons"),
)
DECISIONS = Facts(
    "decisions",
    shown(
        a.DecisionAnswer,
        "kind:tag about authority:agency decided_at reasons appeal_by:clock appeals reopened_at",
        {"appeals": drawn.appeals},
    ),
)
OPINIONS = Facts("opinions", shown(a.OpinionAnswer, "agency:agency stance reasons dissents given_at"))
CONSENTS = Facts(
    "consents",
    shown(
        a.ConsentAnswer, "recipient:agency purpose data_class given_at given_by child_view withdrawn_at ended_because"
    ),
)
WHO_KNOWS = Facts("who_knows", shown(a.KnowsAnswer, "agency:agency basis about since looked_at"))
STEPS = Facts("child_steps", shown(a.ChildStepAnswer, "step outcome reference taken_by:agency taken_at"))
FINDINGS = Facts(
    "age_findings",
    shown(a.AgeFindingAnswer, "established_at age_group ground method document established_by:agency"),
)
DOUBTS = Facts("age_doubts", shown(a.AgeDoubtAnswer, "doubted_at ground doubted_by:agency settled_at"))
AGREEMENTS = Facts(
    "ending_agreements", shown(a.AgreementAnswer, "ending reference agreed_by:agency agreed_at used_at void_since")
)
RIGHTS_TOLD = Facts(
    "rights_explained", shown(a.ExplanationAnswer, "explained_at language document_version interpreter")
)
OFFERS = Facts(
    "holder_offers", shown(a.HolderOfferAnswer, "to:agency offered_by:agency ground state:tag offered_at answered_at")
)
_BEFORE_DECIDING = {
    "screenings": SCREENINGS,
    "recognitions": RECOGNITIONS,
    "opinions": OPINIONS,
    "decisions": DECISIONS,
    "consents": CONSENTS,
}

_LINES: Mapping[str, Mapping[str, Facts]] = {
    "recognise_formally": _BEFORE_DECIDING,
    "decline": _BEFORE_DECIDING,
    "presume": _BEFORE_DECIDING,
    "revoke": _BEFORE_DECIDING,
    "reopen": _BEFORE_DECIDING,
    "reject_appeal": {"decisions": DECISIONS},
    "appeal": {"decisions": DECISIONS},
    "give_opinion": {"screenings": SCREENINGS, "recognitions": RECOGNITIONS, "decisions": DECISIONS},
    "refer": {"consents": CONSENTS, "recognitions": RECOGNITIONS},
    "withdraw_consent": {"who_knows": WHO_KNOWS},
    "establish_age": {"age_doubts": DOUBTS, "ending_agreements": AGREEMENTS},
    "close": {"ending_agreements": AGREEMENTS, "consents": CONSENTS},
    "withdraw": {"ending_agreements": AGREEMENTS, "consents": CONSENTS},
    "transfer_abroad": {"ending_agreements": AGREEMENTS, "consents": CONSENTS},
}


_WORDS = {"request_place": "act.stay.request_place", "hand_over": "act.hand_over.hand_over"}


def _begins(visit: Visit, case: Mapping[str, Any]) -> Sequence[Link]:
    """Forms of shelter with the case filled in, for whom shelter lets begin there (SH-4, SH-8)."""
    services = visit.site.settings.services
    found = {act: address(services, visit.roles, BEGINNINGS[act], case["case_ref"]) for act in case.get("begins") or ()}
    return [Link(visit.text(_WORDS[act]), to) for act, to in found.items() if to]


CASE = Object(
    _HERE,
    _API,
    a.CaseAnswer,
    MACHINE,
    back="/cases",
    way=("reported", "registered", "referred", "assessment", "recognised", "supported", "closed"),
    person=shown(a.CaseAnswer, "age_group sex language citizenship"),
    cards=(
        Facts(
            "case",
            shown(
                a.CaseAnswer,
                "holder:agency source reported_at interpreter referral reflection categories potential_at refused_at"
                " duty_met_at hidden_from_police",
                {"referral": drawn.referral, "reflection": drawn.reflection},
            ),
        ),
    ),
    tables={"recognitions": RECOGNITIONS, "decisions": DECISIONS},
    acknowledged=drawn.acknowledged,
    ways=_begins,
    papers=PAPERS,
    parts={
        "assessment": f"{_HERE}/assessment",
        "consent": f"{_HERE}/consent",
        "who_knows": f"{_HERE}/who-knows",
        "child": f"{_HERE}/child",
        "help": f"{_HERE}/help",
    },
    groups={
        "hand_over": ("acknowledge", "refer", "meet_duty_without_name", "accept_holder", "decline_holder"),
        "assessment": (
            *("screen", "presume", "give_opinion", "recognise_formally", "decline"),
            *("revoke", "appeal", "reject_appeal", "reopen"),
        ),
        "consent": ("record_consent", "withdraw_consent", "disclose"),
        "help": ("explain_rights", "offer_reflection", "confirm_reflection", "end_reflection", "record_potential"),
        "child": (
            *("doubt_age", "establish_age", "appoint_guardian", "establish_identity", "trace_family"),
            *("agree_to_ending", "withdraw_agreement"),
        ),
        "identity": ("read_identity", "set_safe_contact", "correct_identity", "set_representative"),
        "ending": (
            *("offer_holder", "withdraw_holder_offer", "close", "withdraw", "transfer_abroad"),
            "erase_person",
        ),
    },
    grave=(
        *("refer", "recognise_formally", "decline", "revoke", "close", "withdraw", "transfer_abroad"),
        *("erase_person", "withdraw_consent", "accept_holder", "end_reflection", "meet_duty_without_name"),
    ),
    sent_to={
        "acknowledge": "referral/acknowledgement",
        "end_reflection": "reflection/end",
        "confirm_reflection": "reflection/confirmation",
        "reject_appeal": "appeal/rejection",
        "withdraw_agreement": "ending-agreements/withdrawal",
        "revoke": "recognitions/{recognition_id}/revocation",
        "record_consent": "consents/together",
        "withdraw_consent": "consents/{consent_id}/withdrawal",
        "accept_holder": "holder-offers/{offer_id}/acceptance",
        "decline_holder": "holder-offers/{offer_id}/refusal",
        "withdraw_holder_offer": "holder-offers/{offer_id}/withdrawal",
        "read_identity": "identity/reading",
    },
    forms={action: Form(lines=lines) for action, lines in _LINES.items()}
    | {"screen": SCREENING, "read_identity": READING, "correct_identity": CORRECTION}
    | {"record_consent": replace(RECORDING, lines={"consents": CONSENTS})},
    elsewhere={"set_safe_contact": _VEIL, "correct_identity": _VEIL},
    choices={
        ("meet_duty_without_name", "language"): choices.languages,
        ("explain_rights", "language"): choices.languages,
        ("disclose", "recipient"): choices.agencies,
        ("offer_holder", "to"): choices.agencies,
        ("offer_holder", "consent.language"): choices.languages,
        ("set_safe_contact", "contact.language"): choices.message_languages,
        ("withdraw_consent", "consent_id"): choices.of_case(
            "consents", lambda one: one["withdrawn_at"] is None, choices.consent_in_words
        ),
        ("revoke", "recognition_id"): choices.of_case(
            "recognitions", lambda one: one["revoked_at"] is None, choices.recognition_in_words
        ),
        ("appeal", "decision_id"): choices.of_case(
            "decisions", lambda one: one["reopened_at"] is None, choices.decision_in_words
        ),
        ("reject_appeal", "decision_id"): choices.of_case(
            "decisions", lambda one: bool(one["appeals"]), choices.decision_in_words
        ),
        ("reopen", "decision_id"): choices.of_case("decisions", lambda one: True, choices.decision_in_words),
        ("give_opinion", "about"): choices.decided,
        **{("correct_identity", name): of for name, of in CORRECTED.items()},
        **{
            (action, "offer_id"): choices.of_case(
                "holder_offers", lambda one: one["state"] == "offered", choices.offer_in_words
            )
            for action in ("accept_holder", "decline_holder", "withdraw_holder_offer")
        },
    },
)


def _part(name: str, address: str, tables: dict[str, Facts], *groups: str) -> Object:
    """A page of a part of the case, with the acts of its groups."""
    return replace(
        CASE,
        path=f"{_HERE}/{address}",
        back=_HERE,
        part=name,
        cards=(),
        tables=tables,
        has_past=False,
        parts={},
        ways=None,
        groups={},
        acknowledged=None,
        papers=(),
        only=tuple(action for group in groups for action in CASE.groups[group]),
    )


ASSESSMENT = replace(
    _part(
        "assessment",
        "assessment",
        {"screenings": SCREENINGS, "opinions": OPINIONS, "recognitions": RECOGNITIONS, "decisions": DECISIONS},
        "assessment",
    ),
    parts={
        f"screen_{one}": f"{_HERE}/assessment/screen?indicator_set={one}" for one in ("labour", "sexual", "begging")
    },
    parts_by_act={f"screen_{one}": ("screen",) for one in ("labour", "sexual", "begging")},
    elsewhere={"screen": ""},
)
CONSENT = replace(_part("consent", "consent", {"consents": CONSENTS}, "consent"), acknowledged=drawn.acknowledged)
KNOWS = replace(
    _part("who_knows", "who-knows", {"who_knows": WHO_KNOWS, "holder_offers": OFFERS}, "hand_over"),
    cards=(Facts("police", shown(a.CaseAnswer, "hidden_from_police", {"hidden_from_police": drawn.police})),),
)
CHILD = _part(
    "child",
    "child",
    {"child_steps": STEPS, "age_findings": FINDINGS, "age_doubts": DOUBTS, "ending_agreements": AGREEMENTS},
    "child",
)
HELP = _part("help", "help", {"rights_explained": RIGHTS_TOLD}, "help")
