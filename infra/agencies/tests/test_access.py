"""What an agency's system is given: its own topics and groups, no wider than its code."""

import pytest
from agency_access.access import Grant, access_of, code_of


def test_an_agency_writes_in_reads_out_and_has_groups_of_its_own() -> None:
    access = access_of("sms")
    assert access.grants == {
        Grant("User:agency-sms", "WRITE", "TOPIC", "ext.sms.in"),
        Grant("User:agency-sms", "READ", "TOPIC", "ext.sms.out"),
        Grant("User:agency-sms", "READ", "GROUP", "agency-sms"),
        Grant("User:agency-sms", "READ", "GROUP", "agency-sms.", prefixed=True),
    }


def test_a_code_that_begins_like_anothers_opens_nothing_of_the_other() -> None:
    """`sms` and `sms-two`: neither topics nor groups."""
    others = {grant.name for grant in access_of("sms-two").grants}
    for grant in access_of("sms").grants:
        assert not any(name.startswith(grant.name) if grant.prefixed else name == grant.name for name in others)


def test_its_tokens_live_a_minute_and_are_for_the_api_and_the_bus() -> None:
    client = access_of("ngo-amc").client()
    assert int(client["attributes"]["access.token.lifespan"]) <= 60
    settings = [mapper["config"] for mapper in client["protocolMappers"]]
    assert {one["included.custom.audience"] for one in settings if "included.custom.audience" in one} == {
        "nrm-api",
        "kafka",
    }
    claims = {one["claim.name"]: one["claim.value"] for one in settings if "claim.name" in one}
    assert claims == {"agency": "ngo-amc", "roles": '["agency-system"]'}
    for way in ("publicClient", "standardFlowEnabled", "directAccessGrantsEnabled"):
        assert client[way] is False


@pytest.mark.parametrize("code", ["", "x", "NGO", "ngo_amc", "ngo-amc-of-baku", "ngo.amc", "ngo amc", "ngo-amc\n", "*"])
def test_what_is_no_code_is_given_nothing(code: str) -> None:
    with pytest.raises(ValueError, match="no code of an agency"):
        access_of(code)
    assert code_of(f"User:agency-{code}") is None


def test_the_agency_is_known_by_its_principal() -> None:
    assert code_of(access_of("ngo-amc").principal) == "ngo-amc"
    assert code_of("User:exchange") is None
    assert code_of("User:ngo-amc") is None
