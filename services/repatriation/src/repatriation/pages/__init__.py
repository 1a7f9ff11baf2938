"""The staff pages of repatriation: removal bars, residence permits, voluntary returns (R1–R7)."""

from staffui.pages import Facts, Pages, Part, Report, shown

from repatriation.answers import Statistics
from repatriation.pages import bars, permits, returns

PAGES = Pages(
    lists=(bars.BARS, permits.PERMITS, returns.RETURNS),
    objects=(bars.BAR_PAGE, permits.PERMIT_PAGE, returns.RETURN_PAGE),
    reports=(
        Report(
            "/statistics",
            "/api/statistics/{year}",
            Statistics,
            cards=(Facts("year", shown(Statistics, "permits_granted returns")),),
        ),
    ),
    start=(
        Part("bars_to_re_examine", bars.BARS, {"re_examine": "true"}, right="confirm_bar"),
        Part("permits_to_re_examine", permits.PERMITS, {"re_examine": "true"}, right="confirm_permit"),
        Part("returns_to_re_examine", returns.RETURNS, {"re_examine": "true"}, right="confirm_return"),
        Part("motions_requested", permits.PERMITS, {"state": "motion_requested"}, right="receive_motion_permit"),
        Part("appeals", permits.PERMITS, {"state": "appealed"}, right="grant_permit"),
        Part("opinions_pending", permits.PERMITS, {"state": "opinion_pending"}, right="grant_permit"),
        Part("permits_lodged", permits.PERMITS, {"state": "lodged"}, right="grant_permit"),
        Part("motions_received", permits.PERMITS, {"state": "motion_received"}, right="lodge_permit"),
        Part("applications", permits.PERMITS, {"state": "applied"}, right="request_motion_permit"),
        Part("refusals", permits.PERMITS, {"state": "refused"}, right="appeal_permit"),
        Part("permits_to_apply_for", permits.PERMITS, {"state": "eligible"}, right="apply_permit"),
        Part("returns_suspended", returns.RETURNS, {"state": "suspended"}, right="clear_return"),
        Part("returns_to_clear", returns.RETURNS, {"state": "claims_checked"}, right="clear_return"),
        Part("returns_to_depart", returns.RETURNS, {"state": "travel_booked"}, right="depart_return"),
        Part("returns_departed", returns.RETURNS, {"state": "departed"}, right="acknowledge_handover_return"),
        Part("returns_handed_over", returns.RETURNS, {"state": "handed_over"}, right="follow_up_return"),
        Part("returns_requested", returns.RETURNS, {"state": "requested"}, right="record_consent_return"),
        Part("bars_standing", bars.BARS, {"state": "standing"}),
    ),
)
