"""The staff pages of shelter: a house at night (S1–S9)."""

from staffui.pages import Pages, Part

from shelter.pages import care, conflicts, house_year, houses, support
from shelter.pages import stays as stay_pages

PAGES = Pages(
    lists=(
        stay_pages.STAYS,
        support.HANDOVERS,
        care.ASSISTANCE,
        care.COURSES,
        houses.CLOSURES,
        conflicts.CONFLICTS,
        conflicts.BY_REFERENCE,
        houses.FACILITIES,
    ),
    objects=(stay_pages.PLACES, stay_pages.STAY, support.HANDOVER, houses.CLOSURE, conflicts.CONFLICT),
    boards=(houses.BOARD,),
    reports=(house_year.NIGHTS, house_year.YEAR),
    start=(
        Part("overdue_stays", stay_pages.STAYS, {"view": "overdue_decision"}),
        Part("extensions_to_decide", stay_pages.STAYS, {"extension_pending": "true"}),
        Part("requests_waiting", stay_pages.STAYS, {"state": "requested"}),
        Part("places_offered", stay_pages.STAYS, {"view": "upcoming"}),
        Part("stays_to_re_examine", stay_pages.STAYS, {"re_examine": "true"}),
        Part("residents", stay_pages.STAYS, {"view": "resident"}),
        Part("handovers_to_answer", support.HANDOVERS, {"state": "requested"}),
    ),
)
