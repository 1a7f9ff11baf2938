"""Two times of every act: when it took effect, as stated by who records it, and when it was recorded."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime
from uuid_utils.compat import uuid7

from chassis.errors import Fault, Invalid

Clock = Callable[[], datetime]
_EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_LATITUDE = timedelta(seconds=5)  # the clocks of two machines may differ by so much


def _in_reach(moment: datetime) -> datetime:
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("must lie between 1950 and 2200")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_reach)]


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> UUID:
    """A UUIDv7: sorts by the time it was made, so lists can page by it."""
    return uuid7()


def effective(happened_at: datetime | None, now: datetime, *, not_before: datetime | None = None) -> datetime:
    """When an act took effect: as stated, or now. Refuses the future and a time before the act it follows."""
    if happened_at is None:
        return max(now, not_before) if not_before and not_before <= now + _LATITUDE else now
    if happened_at > now + _LATITUDE:
        raise Invalid(
            "in_the_future",
            "The act cannot have happened in the future.",
            faults=[Fault("body.happened_at", "in_the_future", "later than now")],
        )
    if not_before and happened_at < not_before:
        raise Invalid(
            "before_what_it_follows",
            "The act cannot have happened before the act it follows.",
            faults=[Fault("body.happened_at", "before_what_it_follows", f"earlier than {not_before.isoformat()}")],
            facts={"follows": not_before.isoformat()},
        )
    return happened_at
