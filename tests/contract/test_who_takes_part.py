"""The lists of agencies that services and the realm keep name nobody but who takes part (ID-1)."""

from pathlib import Path
from typing import get_args

import yaml
from exchange.settings import AGREEMENTS
from exchange.use_cases.seeding import read_agreements
from identification.domain import cases
from identification.law import PARAMETERS
from local_stack import bus
from nrm_events.taking_part import AGENCIES
from shelter.domain import codes

OVERSEE = {"coordinator", "ombudsman"}
OPERATES = {"himaya"}


def test_shelters_know_the_same_agencies() -> None:
    """SH-6: who oversees pays for nothing."""
    assert set(get_args(codes.Agency)) == set(AGENCIES) - OVERSEE
    assert {*codes.OPERATORS, *get_args(codes.HandoverTo)} <= set(AGENCIES)


def test_who_may_recognise_and_who_is_joined_takes_part() -> None:
    """ID-7, ID-8."""
    rows = dict(PARAMETERS)["recognition_authorities"]
    named = {agency for row in rows for kind in row.value.values() for agency in kind}
    named |= cases.POLICE | (cases.ASK_CONSENT - {"self"}) | {given.agency for given in read_agreements(AGREEMENTS)}
    assert named <= set(AGENCIES)


def test_people_sign_in_for_an_agency_that_takes_part() -> None:
    realm = yaml.safe_load(Path("infra/keycloak/realm.yaml").read_text(encoding="utf-8"))
    assert {agency for held in realm["people"].values() for agency in held} <= set(AGENCIES) | OPERATES
    assert {access.code for access in bus.agencies(bus.declared())} <= set(AGENCIES)
