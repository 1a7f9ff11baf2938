"""What identification answers repatriation about a person: an age reached, the name on a certificate (RP-4, RP-5)."""

from datetime import date
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest

from .givens import NGO, an_open_case, problem, somebody
from .test_identity_api import entries

BORN = "2012-06-15"


@pytest.mark.parametrize(("on", "reached"), [("2022-06-14", False), ("2022-06-15", True), (str(date.max), True)])
async def test_whether_an_age_is_reached_and_no_birth_date(
    identification: ServiceUnderTest, on: str, reached: bool
) -> None:
    """RP-5, ID-13: yes or no for one day, audited with the act; an unknown birth date is neither."""
    case = await an_open_case(identification, htcds=somebody() | {"prs_Birthdate": BORN})
    unknown = await an_open_case(identification, htcds={"prs_FirstName": "Aysel"})
    body = {"purpose": "return", "on_behalf_of": "authority-1", "concerning": str(uuid4()), "age": 10, "on": on}
    repatriation = identification.calling_service("repatriation")
    answer = await repatriation.post_ok("/api/internal/age", body | {"case_id": case["id"]})
    assert answer == {"reached": reached}
    assert (await repatriation.post_ok("/api/internal/age", body | {"case_id": unknown["id"]}))["reached"] is None
    (noted,) = [e for e in await entries(identification, case, "serve_age") if e.kind == "read"]
    assert (noted.purpose, noted.facts["on_behalf_of"]) == ("return", "authority-1")


async def test_the_name_on_a_certificate_is_for_repatriation_alone(identification: ServiceUnderTest) -> None:
    """RP-4, ID-13: opened for one printing and audited with it."""
    person = somebody()
    case = await an_open_case(identification, htcds=person)
    body = {
        "case_id": case["id"], "purpose": "certificate", "on_behalf_of": "worker-1", "concerning": str(uuid4()),
    }  # fmt: skip
    answer = await identification.calling_service("repatriation").post_ok("/api/internal/name", body)
    assert str(person["prs_FirstName"]) in answer["name"]
    for service in ("fund", "notify", "shelter"):
        assert problem(await identification.calling_service(service).post("/api/internal/name", body))[0] == 403
    assert problem(await identification.person(NGO).post("/api/internal/name", body))[0] == 403
    (noted,) = [e for e in await entries(identification, case, "serve_name") if e.kind == "read"]
    assert noted.facts["concerning"] == body["concerning"]
