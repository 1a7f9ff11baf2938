"""What names cooperation does not exist (ID-11)."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import EVENTS
from shelter import commands
from shelter.answers import houses, stays, support
from shelter.domain import codes
from shelter.domain.stays import STAY
from shelter.rights import RIGHTS
from shelter.tables import Base

COOPERATION = re.compile("cooperat|assist_?prosecution|assisting|testif|investigat", re.IGNORECASE)


def test_actions_of_a_stay_are_rights_but_for_the_clock() -> None:
    """What an answer lists can be done; only lapsing is the clock's."""
    assert set(STAY.actions) - set(RIGHTS) == {"lapse"}


@pytest.mark.parametrize(
    ("token", "code"), [("", "token_missing"), ("Bearer nonsense", "token_invalid"), ("Basic eDp5", "token_missing")]
)
async def test_without_a_good_token_there_is_nothing(empty_shelter: ServiceUnderTest, token: str, code: str) -> None:
    answer = await empty_shelter.http.get("/api/stays", headers={"Authorization": token} if token else {})
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_cooperation_cannot_be_read_because_it_is_not_there_id_11() -> None:
    """ID-11: no column, field, code or event of shelter says whether somebody helps an investigation."""
    words = [column.name for table in Base.metadata.tables.values() for column in table.columns]
    words += [
        name
        for module in (commands, houses, stays, support)
        for shape in vars(module).values()
        for name in getattr(shape, "model_fields", ())
    ]
    words += [str(value) for value in vars(codes).values()]
    words += [n for e in EVENTS.values() if e.service == "shelter" for n in (e.__name__, *e.model_fields)]
    assert [word for word in words if COOPERATION.search(word)] == []


def test_no_event_can_say_where_sh_7() -> None:
    """SH-7: no field for a facility, bed, room, region or address in any event of this service."""
    place = re.compile("facility|bed|room|region|address(?!ed_to$)|place_code|coordinate", re.IGNORECASE)
    fields = {n for e in EVENTS.values() if e.service == "shelter" for n in e.model_fields}
    assert [name for name in fields if place.search(name)] == []


async def test_coordinator_and_auditor_read_the_audit_and_nobody_else(shelter: ServiceUnderTest) -> None:
    """Refusals are audited too; reading the audit is itself an entry."""
    await shelter.person("ngo-amc.caseworker").post(f"/api/stays/{uuid4()}/refusal", {"version": 1, "reasons": ["sex"]})
    seen = (await shelter.person("ombudsman.auditor").get_ok("/api/audit"))["items"]
    assert [(entry["action"], entry["kind"], entry["outcome"]) for entry in seen] == [
        ("refuse", "refusal", "not_found")
    ]
    assert datetime.fromisoformat(seen[0]["recorded_at"]) <= datetime.now(UTC)
