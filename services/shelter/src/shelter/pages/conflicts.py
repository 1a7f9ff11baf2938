"""Who never lives in one house with whom, on the pages (S11; SH-4)."""

from staffui.pages import Facts, List, Many, Object, Part, Start, shown

from shelter.answers.support import ConflictAnswer, NamedConflict
from shelter.domain.care import CONFLICT as MACHINE

_COLUMNS = "case_ref:ref other_case_ref:ref kind state:tag:conflict since ended_at"
CONFLICTS = List(
    "/conflicts",
    "/api/conflicts",
    ConflictAnswer,
    shown(ConflictAnswer, f"{_COLUMNS} together_now"),
    filters={"case_id": ()},
    opens="/conflicts/{id}",
    machine=MACHINE,
)
CONFLICT = Object(
    "/conflicts/{conflict_id}",
    "/api/conflicts/{conflict_id}",
    ConflictAnswer,
    MACHINE,
    back="/conflicts",
    cards=(Facts("conflict", shown(ConflictAnswer, "other_case_ref:ref kind since ended_at together_now")),),
    grave=("end",),
    sent_to={"end": "end"},
)
BY_REFERENCE = List(
    "/conflicts-by-reference",
    "/api/conflicts-by-reference",
    NamedConflict,
    shown(NamedConflict, _COLUMNS),
    filters={"case_id": ()},
    machine=MACHINE,
    many=Many("end_conflict", "/api/conflicts-by-reference/{named_id}/end", done="ended_at"),
    begins=(Start("/conflicts-by-reference/new", "act.conflict.name_conflict"),),
)
OF_THE_CASE = (
    Part("conflicts", CONFLICTS, {"case_id": "{case_id}"}),
    Part("conflicts_by_reference", BY_REFERENCE, {"case_id": "{case_id}"}),
)
"""What the page of a stay shows of the conflicts of its case."""
