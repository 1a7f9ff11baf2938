"""Who takes part and of which kind: from the start, joined since, removed, unknown."""

import pytest
from casework import agencies
from casework.agencies import POLICE_OF_THE_START
from chassis.errors import Invalid
from chassis.testing import ServiceUnderTest
from nrm_events import exchange
from nrm_events.corpus import made
from nrm_events.taking_part import AGENCIES, SPECIAL_POLICE_BODY

from .givens import acting, statements
from .test_police import joined


def removed(code: str) -> exchange.AgencyRemoved:
    facts = exchange.AgencyRemoved.model_validate_json(made(exchange.AgencyRemoved).value).model_dump()
    return exchange.AgencyRemoved.model_validate(facts | {"agency": code})


@pytest.fixture
async def joint_desk(own_desk: ServiceUnderTest) -> ServiceUnderTest:
    """`lawyers` joined as an NGO, `patrol` as police, `old` without a kind; `gone` joined and left."""
    await own_desk.receives(joined("lawyers", "ngo"), joined("patrol", "police"), joined("old", None))
    await own_desk.receives(joined("gone", "health"), removed("gone"))
    return own_desk


async def test_the_kind_of_each_agency(joint_desk: ServiceUnderTest) -> None:
    codes = ["lawyers", "patrol", "old", "gone", "nobody", "iom"]
    async with acting(joint_desk) as uow:
        kinds = await agencies.kinds(uow, codes)
        assert kinds == {
            "lawyers": "ngo",
            "patrol": "police",
            "old": None,
            "gone": "health",
            "nobody": None,
            "iom": "international",
        }
        assert [await agencies.kind(uow, code) for code in codes] == [kinds[code] for code in codes]
        with statements(joint_desk) as executed:
            assert await agencies.kinds(uow, AGENCIES) == {code: agency.kind for code, agency in AGENCIES.items()}
        assert executed == [], "those of the start are in the code"


async def test_a_newer_agreement_may_state_another_kind_and_brings_the_agency_back(
    joint_desk: ServiceUnderTest,
) -> None:
    await joint_desk.receives(joined("gone", "ngo"), joined("old", "union"))
    async with acting(joint_desk) as uow:
        assert await agencies.kinds(uow, ["gone", "old"]) == {"gone": "ngo", "old": "union"}
        await agencies.check_takes_part(uow, "gone", "body.recipient")


async def test_an_agreement_changes_the_kind_of_no_agency_of_the_start(joint_desk: ServiceUnderTest) -> None:
    await joint_desk.receives(joined(SPECIAL_POLICE_BODY, "ngo"), joined("iom", "police"))
    async with acting(joint_desk) as uow:
        assert await agencies.kinds(uow, [SPECIAL_POLICE_BODY, "iom"]) == {
            SPECIAL_POLICE_BODY: "police",
            "iom": "international",
        }
        assert "iom" not in await agencies.police(uow)


async def test_what_is_police_and_what_is_not_known_to_be_something_else(joint_desk: ServiceUnderTest) -> None:
    async with acting(joint_desk) as uow:
        assert await agencies.police(uow) == POLICE_OF_THE_START | {"patrol", "old"}
        codes = ["lawyers", "patrol", "old", "gone", "nobody", "iom", SPECIAL_POLICE_BODY]
        assert await agencies.police_among(uow, codes) == {"patrol", "old", "nobody", SPECIAL_POLICE_BODY}


async def test_who_takes_part_can_be_named(joint_desk: ServiceUnderTest) -> None:
    async with acting(joint_desk) as uow:
        for code in ("iom", "lawyers", "old"):
            await agencies.check_takes_part(uow, code, "body.recipient")
        for code in ("gone", "nobody"):
            with pytest.raises(Invalid) as refused:
                await agencies.check_takes_part(uow, code, "body.recipient")
            assert (refused.value.code, refused.value.faults[0].where) == ("unknown_agency", "body.recipient")
