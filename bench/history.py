"""A million rows of history behind outbox and inbox, beside empty ones: both databases at once, round by round."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from shelter.app import SERVICE

from bench.apply import Work, apply_ours
from bench.contenders import Ours
from bench.drain import Load, Relaying, Runs, drained, send_all
from bench.ground import Place, place
from bench.report import Goal, Report, ratios, spread
from bench.rows import made, prepare
from bench.small.app import SMALL
from bench.topic import Topic

Announce = Callable[[str], None]
_WAYS = ("an empty history", "a million rows of history")

_OUTBOX = """
insert into outbox (event_id, topic, key, sequence, value, headers, recorded_at)
select gen_random_uuid(), topic, key, sequence, value, headers, recorded_at
  from prepared, generate_series(1, %s) where n <= 1000
"""
_INBOX = """
insert into inbox (consumer, event_id, applied_at)
select 'shelter', gen_random_uuid(), now() - n * interval '20 seconds' from generate_series(1, %s) as n
"""


async def run(announce: Announce, scale: float = 1.0, rounds: int = 5) -> Report:
    """Sent rows are deleted from an outbox that a million rows went through; applied ids stay in the inbox."""
    history, count = int(1_000_000 * scale), int(20_000 * min(1, 2 * scale))
    topic = Topic()
    draining = {way: Runs() for way in _WAYS}
    applying = {way: Runs() for way in _WAYS}
    rows = made(count)
    async with AsyncExitStack() as opened:
        outboxes, inboxes = {}, {}
        for way in _WAYS:
            outboxes[way] = await opened.enter_async_context(place(SERVICE))
            prepare(outboxes[way].admin, rows)
            inboxes[way] = await opened.enter_async_context(place(SMALL))
        announce("history: a million rows go through")
        _lay(outboxes[_WAYS[1]], inboxes[_WAYS[1]], history)
        contenders = {way: (Ours(f"ours, {way}"), outboxes[way]) for way in _WAYS}
        started = {way: opened.enter_context(of.running(here)) for way, (of, here) in contenders.items()}
        for turn in range(rounds):
            for way, (of, here) in contenders.items():
                announce(f"history {turn + 1}/{rounds}: drain with {way}")
                drained(topic, Relaying(of, here, started[way]), Load(rows), draining[way])
        for turn in range(rounds):
            rows = made(count)
            before = topic.ends()
            await send_all(topic, rows)
            for way in _WAYS:
                announce(f"history {turn + 1}/{rounds}: apply with {way}")
                await apply_ours(Work(inboxes[way], topic, before, count), applying[way])
    return _report(draining, applying, count)


def _lay(outbox: Place, inbox: Place, history: int) -> None:
    """In and out again, as a year does; PostgreSQL clears away by itself, which is a part of the history."""
    for _ in range(10):
        outbox.admin.execute(_OUTBOX, [history // 10_000])
        outbox.admin.execute("delete from outbox")
    inbox.admin.execute(_INBOX, [history])
    inbox.admin.execute("analyze inbox")


def _report(draining: dict[str, Runs], applying: dict[str, Runs], count: int) -> Report:
    report = Report("A million rows of history")
    report.add(
        f"{count:,} rows drained, and {count:,} events applied, with a history and without one. A million rows went "
        "through the outbox and were deleted; the inbox holds a million."
    )
    report.table("", "drained, rows/s", "applied, events/s")
    for way in _WAYS:
        report.row(way, spread(draining[way].rates), spread(applying[way].rates))
    for what, runs in (("draining", draining), ("applying", applying)):
        times = ratios(runs[_WAYS[0]].rates, runs[_WAYS[1]].rates)
        report.goals.append(Goal(f"{what}: time with history ÷ without", times, 1.1, at_least=False))
        report.faults += [str(found) for run in runs.values() for found in run.findings if any(vars(found).values())]
    return report
