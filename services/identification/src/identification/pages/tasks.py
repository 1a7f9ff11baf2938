"""What waits beside cases: the same person, doubts of age, notices without a name (I1; ID-5, ID-7, ID-18)."""

from staffui.pages import Facts, List, Object, shown

from identification import answers as a
from identification.domain.same_person import TASK as MACHINE

TASKS = List(
    "/same-person-tasks",
    "/api/same-person-tasks",
    a.TaskAnswer,
    shown(a.TaskAnswer, "case_ref:ref state:tag:same-person-task created_at:since verdict"),
    filters={"answered": ("true", "false")},
    opens="/same-person-tasks/{id}",
)
TASK = Object(
    "/same-person-tasks/{task_id}",
    "/api/same-person-tasks/{task_id}",
    a.TaskAnswer,
    MACHINE,
    back="/same-person-tasks",
    cards=(Facts("same_person_task", shown(a.TaskAnswer, "created_at verdict reason person_agrees answered_at")),),
    has_past=False,
    parts={"case": "/cases/{case_id}"},
    sent_to={"answer_same_person_task": "answer"},
)
DOUBTS = List(
    "/age-doubts",
    "/api/age-doubts",
    a.AgeDoubtAnswer,
    shown(a.AgeDoubtAnswer, "case_ref:ref ground doubted_by:agency doubted_at:since settled_at"),
    filters={"settled": ("true", "false")},
    opens="/cases/{case_id}/child",
)
NOTICES = List(
    "/unnamed-notices",
    "/api/unnamed-notices",
    a.NoticeAnswer,
    shown(a.NoticeAnswer, "day region forms sex age_group"),
)
OFFERS = List(
    "/same-person-offers",
    "/api/same-person-offers",
    a.OfferAnswer,
    shown(a.OfferAnswer, "case_ref:ref agency:agency since"),
    opens="/cases/{case_id}",
    in_menu=False,
)
