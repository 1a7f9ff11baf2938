"""Agencies whose systems are joined from the start."""

from collections.abc import Sequence
from pathlib import Path

import yaml
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from exchange.commands import Agree
from exchange.tables import Agency
from exchange.use_cases.agencies import agree


def read_agreements(folder: Path) -> list[Agree]:
    """The agreements of a folder; pydantic's error names the field that is wrong."""
    return [
        Agree.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.yaml"))
    ]


async def seed(uow: UnitOfWork, agreements: Sequence[Agree]) -> None:
    """At every `migrate`: an agency that is missing is joined, and a higher edition replaces the one in force.

    An operator's own edition stays if it is as high, a suspended agency stays suspended, and a removed one removed.
    """
    known = {agency.code: agency for agency in await uow.session.scalars(select(Agency))}
    for agreement in agreements:
        agency = known.get(agreement.agency)
        if agency is None or (agency.state != "removed" and agency.edition < agreement.edition):
            await agree(uow, agreement.agency, agreement)
