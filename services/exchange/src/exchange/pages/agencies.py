"""Agencies' systems on the pages: which are joined, what was agreed, how much went in and out, what is withheld.

An agreement is recorded with `himaya agency`, which makes rights at the bus and the realm with it (ADR 19).
"""

from typing import get_args

from staffui.pages import Facts, List, Object, shown

from exchange.answers import AgencyAnswer, AgencySummary, AgreementAnswer, LineAnswer, RefusedCount, State
from exchange.domain.agreements import AGENCY as MACHINE

AGENCIES = List(
    "/agencies",
    "/api/agencies",
    AgencySummary,
    shown(AgencySummary, "code:agency kind state:tag:agency edition joined_at changed_at"),
    filters={"state": get_args(State)},
    opens="/agencies/{code}",
    machine=MACHINE,
)
AGENCY = Object(
    "/agencies/{code}",
    "/api/agencies/{code}",
    AgencyAnswer,
    MACHINE,
    back="/agencies",
    titled=shown(AgencyAnswer, "code:agency")[0],
    by_code=True,
    cards=(
        Facts("sent_to_agency", shown(AgencyAnswer, "cases_told events_told last_told_at events_withheld")),
        Facts(
            "sent_by_agency",
            shown(
                AgencyAnswer,
                "submissions_accepted submissions_waiting last_heard_at withdrawals_not_acknowledged",
            ),
        ),
        Facts(
            "agreement", shown(AgreementAnswer, "kind edition since until legal:quote:en may_say"), within="agreement"
        ),
    ),
    tables={
        "refused": Facts("refused_submissions", shown(RefusedCount, "code:word:refusal submissions")),
        "tells": Facts(
            "agreement_lines",
            shown(LineAnswer, "event:word:event fields:word:field ground purpose:word:purpose"),
            within="agreement",
        ),
    },
    grave=("suspend", "remove"),
)
