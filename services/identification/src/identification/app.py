"""Where identification is put together."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from chassis.outbox import lock_streams
from chassis.service import ServiceContext, Service
from chassis.settings import Settings
from chassis.tokens import TokenSource
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from identification import api
from identification.rights import RIGHTS
from identification.settings import IdentificationSettings
from identification.subscriptions import HANDLERS, ITSELF
from identification.tables import Base, Case, Reflection
from identification.use_cases.acts import note, settle_referral
from identification.use_cases.ages import come_of_age
from identification.use_cases.identity import rewrap_persons
from identification.use_cases.referred import forget_handles, rewrap_handles
from identification.use_cases.support import finish_reflection
from identification.vault import Vault

CONSTRAINTS = {
    "uq_recognition_formal": ("already_recognised", "A formal recognition stands already."),
    "uq_recognition_standing": ("already_recognised", "A recognition of this kind by your agency stands already."),
    "uq_consent_standing": ("already_granted", "This consent stands already."),
    "uq_referral_case_id": ("already_referred", "The case was handed over already."),
    "uq_reflection_open": ("already_offered", "A reflection period is open already."),
}


def prepare(settings: Settings, source: TokenSource) -> Mapping[str, Any]:
    """The vault, with the keys of the environment."""
    assert isinstance(settings, IdentificationSettings)  # noqa: S101  # named below
    return {"vault": Vault(*settings.keys)}


async def rewrap(running: ServiceContext) -> str:
    """Change of the master key: wrap every person's key by the new one; the old is among the former keys until then."""
    async with running.database.transaction() as session:
        count, after = await rewrap_handles(session, running.state["vault"]), None
    while True:
        async with running.database.transaction() as session:
            after, done = await rewrap_persons(session, running.state["vault"], ITSELF, after)
        count += done
        if after is None:
            return f"rewrapped {count}"


async def tick(session: AsyncSession, now: datetime) -> None:
    """Reflection periods end with their last day (ID-10). Their cases are locked first, as by every act. Handles
    that nobody named are forgotten; children come of age (ID-5); cases from before hand-overs were awaited
    are looked at once (ID-7).
    """
    await forget_handles(session, now)
    await come_of_age(session, session.info["vault"], ITSELF, now)
    over = select(Reflection).where(Reflection.state == "active", Reflection.ends_at <= now)
    due = list(await session.scalars(over.with_only_columns(Reflection.case_id).limit(200)))
    await lock_streams(session, due)
    for reflection in list(await session.scalars(over.where(Reflection.case_id.in_(due)).with_for_update())):
        case = await session.get_one(Case, reflection.case_id, with_for_update=True)
        ended_at = reflection.ends_at or now
        finish_reflection(session, reflection, ended_at)
        note(session, ITSELF, case, "end_reflection", ended_at, f"reflection/{reflection.id}")
    await _look_at_old_cases(session, now)


async def _look_at_old_cases(session: AsyncSession, now: datetime) -> None:
    unknown = select(Case).where(Case.referral_awaited.is_(None))
    found = list(await session.scalars(unknown.with_only_columns(Case.id).order_by(Case.id).limit(200)))
    await lock_streams(session, found)
    for case in list(await session.scalars(unknown.where(Case.id.in_(found)).with_for_update())):
        await settle_referral(session, case, now)


SERVICE = Service(
    name="identification",
    title="Identification: reports, recognition, consent and identity",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=api.ROUTERS,
    rights=RIGHTS,
    handlers=HANDLERS,
    constraints=CONSTRAINTS,
    tick=tick,
    settings=IdentificationSettings,
    prepare=prepare,
    commands={"rewrap": ("wrap every person's key by the present master key", rewrap)},
)
