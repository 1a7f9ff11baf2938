"""Care after the stay and courses on the pages (S10; SH-8)."""

from staffui.pages import List, Part, Start, shown

from shelter.answers.support import AssistanceAnswer, CourseAnswer

ASSISTANCE = List(
    "/assistance",
    "/api/assistance",
    AssistanceAnswer,
    shown(AssistanceAnswer, "case_ref:ref kind agency:agency payer:agency effective_at"),
    filters={"case_id": ()},
    begins=(Start("/assistance/new", "act.care.record_assistance"),),
)
COURSES = List(
    "/course-enrolments",
    "/api/course-enrolments",
    CourseAnswer,
    shown(CourseAnswer, "case_ref:ref course enrolled needed lacking agency:agency effective_at"),
    filters={"case_id": ()},
    begins=(Start("/course-enrolments/new", "act.care.record_course"),),
)
OF_THE_CASE = (
    Part("assistance", ASSISTANCE, {"case_id": "{case_id}"}),
    Part("course_enrolments", COURSES, {"case_id": "{case_id}"}),
)
"""What an object's page shows of the care for its case."""
