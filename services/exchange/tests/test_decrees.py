"""A decree moves the working days in which an agency acknowledges the end of a consent (ID-12, NO-3)."""

from datetime import UTC, datetime

from casework.calendar import local_date
from casework.testing_calendar import decreed
from chassis.clock import new_id
from nrm_events.agencies import WithdrawalAcknowledged

from .givens import ACU, AMC, Door, at, granted, withdrawn


async def test_an_agency_keeps_its_working_days_until_it_acknowledged(door: Door) -> None:
    """ID-12, NO-3: whoever waits learns of the moved end; one that is acknowledged stays."""
    case, other = new_id(), new_id()
    waiting, answered = granted(case, AMC), granted(other, ACU)
    await door.receives(waiting, answered, withdrawn(waiting, 5), withdrawn(answered, 5))
    acknowledged = WithdrawalAcknowledged(effective_at=at(6), case_id=other, consent_id=answered.consent_id)
    await door.submits(ACU, acknowledged)
    told = {data["consent_id"]: data for name, data in await door.published() if name == "WithdrawalTold"}
    last = local_date(datetime.fromisoformat(told[str(waiting.consent_id)]["acknowledge_by"]))

    await door.receives(decreed(datetime.now(UTC), holidays=(last,)))
    (moved,) = [data for name, data in await door.published() if name == "WithdrawalDueMoved"]
    assert (moved["consent_id"], moved["agency"]) == (str(waiting.consent_id), AMC)
    assert local_date(datetime.fromisoformat(moved["acknowledge_by"])) > last
    await door.receives(decreed(datetime.now(UTC), as_published=(last,)))
    again = [data for name, data in await door.published() if name == "WithdrawalDueMoved"][-1]
    assert again["acknowledge_by"] == told[str(waiting.consent_id)]["acknowledge_by"]
