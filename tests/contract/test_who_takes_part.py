"""The lists of agencies that services and the realm name contain nobody but who takes part, each of its kind (ID-1)."""

from pathlib import Path
from typing import Any, get_args

import yaml
from exchange.settings import AGREEMENTS
from exchange.use_cases.seeding import read_agreements
from identification.parameters import PARAMETERS
from local_stack import bus
from nrm_events.taking_part import AGENCIES, AgencyKind
from shelter.settings import FACILITIES

OPERATES = {"himaya"}


def test_who_runs_a_shelter_takes_part() -> None:
    """SH-4."""
    facilities = yaml.safe_load(FACILITIES.read_text(encoding="utf-8"))
    assert {facility["agency"] for facility in facilities} <= set(AGENCIES)


def test_who_may_recognise_takes_part() -> None:
    """ID-8."""
    values = _values("recognition_authorities")
    assert {agency for value in values for agencies in value.values() for agency in agencies} <= set(AGENCIES)


def test_who_reports_without_asking_is_named_by_kind() -> None:
    """ID-7."""
    assert {kind for value in _values("report_without_asking_kinds") for kind in value} <= set(get_args(AgencyKind))


def _values(name: str) -> list[Any]:
    return [PARAMETERS.value(name, row.valid_from) for row in dict(PARAMETERS)[name]]


def test_an_agreement_of_the_start_states_the_kind_that_its_agency_has() -> None:
    """ID-7: another kind would open to a police body what is closed to it."""
    agreements = {agreement.agency: agreement.kind for agreement in read_agreements(AGREEMENTS)}
    assert agreements == {code: AGENCIES[code].kind for code in agreements}
    assert {access.code for access in bus.agencies(bus.declared())} == set(agreements)


def test_people_sign_in_for_an_agency_that_takes_part() -> None:
    realm = yaml.safe_load(Path("infra/keycloak/realm.yaml").read_text(encoding="utf-8"))
    assert {agency for agencies in realm["people"].values() for agency in agencies} <= set(AGENCIES) | OPERATES
