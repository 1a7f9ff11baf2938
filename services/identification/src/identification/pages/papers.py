"""Papers about a case: rights, hand-over, decision, recognition. No name and no place is on any (ID-7, ID-9, ID-14)."""

from staffui.pages import Facts, Paper, shown

from identification import answers as a

_EDITION = "2026-01-01T00:00:00+04:00"
"""Since when the leaflet has its wording; `leaflet.edition` names it as an explanation of rights does."""
_RIGHTS = ("own_choice", "help", "silence", "language", "consent", "stay", "removal", "complaint", "money", "child")

LEAFLET = Paper(
    "leaflet",
    "paper.leaflet",
    a.CaseAnswer,
    dated=lambda _: _EDITION,
    points=tuple(f"leaflet.{right}" for right in _RIGHTS),
    sentences=("leaflet.edition",),
    of_object=True,
    for_strangers=True,
)
LETTER = Paper(
    "letter",
    "paper.letter",
    a.CaseAnswer,
    dated=lambda case: str(case["referral"]["referred_at"]),
    cards=(
        Facts("handed_over", shown(a.ReferralAnswer, "to:agency referred_at due_at"), within="referral"),
        Facts("letter_about", shown(a.CaseAnswer, "holder:agency age_group sex language interpreter"), known_only=True),
    ),
    sentences=("letter.request", "paper.no_name"),
    signed=("paper.handed_over_by", "paper.received_by"),
    when=lambda case: bool(case.get("referral")),
    of_object=True,
)
DECISION = Paper(
    "decision",
    "paper.decision",
    a.CaseAnswer,
    dated=lambda case: str(case["decisions"][-1]["decided_at"]),
    cards=(
        Facts(
            "decision",
            shown(a.DecisionAnswer, "kind about authority:agency decided_at reasons appeal_by"),
            within="decisions",
        ),
    ),
    sentences=("decision.appeal", "decision.help", "paper.no_name"),
    when=lambda case: bool(case.get("decisions")),
    of_object=True,
)
RECOGNITION = Paper(
    "recognition",
    "paper.recognition",
    a.CaseAnswer,
    dated=lambda case: str(case["recognitions"][-1]["since"]),
    cards=(
        Facts(
            "recognition",
            shown(a.RecognitionAnswer, "kind authority:agency since reasons dissent revoked_at revoked_reasons"),
            within="recognitions",
            known_only=True,
        ),
    ),
    sentences=("decision.help", "paper.no_name"),
    when=lambda case: bool(case.get("recognitions")),
    of_object=True,
)
PAPERS = (LEAFLET, LETTER, DECISION, RECOGNITION)
