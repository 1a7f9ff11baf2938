"""Places are weighed, boards drawn and clocks run in as many statements for twelve houses as for three (SH-4, SH-9)."""

from chassis.testing import ServiceUnderTest, statements

from .givens import ASKED, MANAGER, a_requested_stay, at
from .placed import placed
from .test_clocks import tick


async def _counts(shelter: ServiceUnderTest, stay: str) -> dict[str, int]:
    """How many statements each read and a round of the clocks needs."""
    manager = shelter.person(MANAGER)
    found = {}
    queries: dict[str, dict[str, object]] = {
        f"/api/stays/{stay}/places": {},
        "/api/board": {"from": ASKED[:10], "nights": 14},
        "/api/capacity": {"on": ASKED[:10]},
        "/api/facilities": {},
        "/api/stays": {},
        "/api/stays?view=resident": {},
    }
    for path, query in queries.items():
        with statements(shelter) as seen:
            await manager.get_ok(path, **query)
        found[path] = len(seen)
    await tick(shelter, at(ASKED))
    with statements(shelter) as seen:
        await tick(shelter, at(ASKED))
    return found | {"clocks": len(seen)}


async def test_twelve_houses_take_as_many_statements_as_three(shelter: ServiceUnderTest) -> None:
    """Each with somebody who was offered a bed and somebody who lives there."""
    stay = (await a_requested_stay(shelter))["id"]
    for _ in range(3):
        await placed(shelter, 1)
    of_three = await _counts(shelter, stay)
    for _ in range(9):
        await placed(shelter, 1)
    assert await _counts(shelter, stay) == of_three
    assert max(of_three.values()) < 20
