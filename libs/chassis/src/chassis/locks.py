"""Advisory locks of a service's database, in one list: two with one number would wait for each other."""

from enum import IntEnum


class Lock(IntEnum):
    """Who has it is the only one of its kind on this database. `SHARING` and `CALENDAR` are also taken shared."""

    RELAY = 7_140_001
    MIGRATION = 7_140_002
    TICKER = 7_140_003
    REBUILD = 7_140_004
    SHARING = 7_140_010
    CALENDAR = 7_140_011
