"""Which parts of a stay a viewer reads, the same for one stay and for a line of a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from casework import access
from chassis.unit_of_work import UnitOfWork

from shelter.facts.access import Bases
from shelter.tables import Stay

BASICS = ("id", "case_id", "state", "version", "sex", "age_group", "admitted_at", "ends_on")
NEED = ("category", "track", "children", "accessibility", "region", "region_rule", "protection", "wanted_from")
REQUEST = ("asked_by", *NEED, "requested_at", "reasons")
OPERATOR = ("operator", "offered_at", "offered_from", "lapses_at", "counted_from", "how", "transferred_from")


def stored(row: object, names: Iterable[str]) -> dict[str, object]:
    """These columns of a row."""
    return {name: getattr(row, name) for name in names}


@dataclass(frozen=True)
class Parts:
    """`operates`: the viewer offered or runs the bed. `addressees`: True for all, False for itself, None for none."""

    operates: bool
    request: bool
    operator: bool
    care: bool
    addressees: bool | None

    @classmethod
    def of(cls, uow: UnitOfWork, row: Stay, own: Bases) -> "Parts":
        """By the bases that concern the stay (facts/access.py)."""
        is_operator = access.gives(uow, "read_stay_place", own)
        operates = is_operator and row.operator == uow.actor.agency
        every = access.gives(uow, "read_stay_addressees", own)
        return cls(
            operates=operates,
            request=access.gives(uow, "read_stay_request", own),
            operator=operates or access.gives(uow, "read_stay_operator", own),
            care=access.gives(uow, "read_stay_care", own),
            addressees=every or (False if is_operator else None),
        )
