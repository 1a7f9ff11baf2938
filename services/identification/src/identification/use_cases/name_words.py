"""The words that names are spelled with, for the search of what is spelled alike (ID-18).

Each word is stored once, however many persons have it, and goes with the last of them. Each process keeps the words
that it has read in memory and reads, before every search, what was committed since:

1. Each row has the number of the transaction that wrote it. A reading notes the oldest one that was running meanwhile.
2. Every row of an older transaction was committed before that reading, or never will be: it has been read.
3. So the next reading starts at that transaction, and misses no word, in whatever order transactions end.
4. Readings of one process follow one another, so that none undoes what another one learned.
"""

from collections.abc import Collection
from datetime import timedelta

from chassis.database import among
from sqlalchemy import delete, exists, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from identification.adapters.vault import Unreadable
from identification.resources import Vocabulary, Work
from identification.tables import NameWord, PersonWord

_READ_WHOLE_AFTER = timedelta(minutes=10)  # so long does a process remember a word that was erased
_SINCE = text(
    "select digest, sealed, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest_running"
    " from name_word where made_in >= cast(cast(:since as text) as xid8)"
)


async def learned(uow: Work) -> list[str]:
    """Every word that is committed now."""
    vocabulary = uow.resources.vocabulary
    async with vocabulary.reading:
        await _read(uow, vocabulary, whole=_is_old(uow, vocabulary))
        return list(vocabulary.words.values())


def _is_old(uow: Work, vocabulary: Vocabulary) -> bool:
    before = vocabulary.read_whole_at
    return before is None or abs(uow.now - before) > _READ_WHOLE_AFTER


async def _read(uow: Work, vocabulary: Vocabulary, *, whole: bool) -> None:
    rows = (await uow.session.execute(_SINCE, {"since": str(0 if whole else vocabulary.read_before)})).all()
    known, read = vocabulary.words, {}
    for row in rows:
        word = known.get(row.digest) or _opened(uow, row.sealed)
        if word is not None:
            read[row.digest] = word
    if whole:
        vocabulary.words, vocabulary.read_whole_at, vocabulary.read_before = read, uow.now, 0
    else:
        known.update(read)
    if rows:
        vocabulary.read_before = max(vocabulary.read_before, rows[0].oldest_running)


def _opened(uow: Work, sealed: bytes) -> str | None:
    try:
        return uow.resources.vault.open_word(sealed)
    except Unreadable:
        return None


async def retain(uow: Work, words: Collection[str]) -> dict[str, bytes]:
    """The digest of each word, stored if it is new, and retained until this transaction ends."""
    vault = uow.resources.vault
    digests = {word: vault.digest("word", word) for word in words}
    missing = {digest: word for word, digest in digests.items()}
    while missing:
        there = select(NameWord.digest).where(among(NameWord.digest, sorted(missing))).order_by(NameWord.digest)
        for digest in await uow.session.scalars(there.with_for_update(read=True, key_share=True)):
            missing.pop(digest)
        if missing:
            rows = [{"digest": digest, "sealed": vault.seal_word(missing[digest])} for digest in sorted(missing)]
            await uow.session.execute(upsert(NameWord).on_conflict_do_nothing(), rows)
    return digests


async def forget(uow: Work, digests: Collection[bytes]) -> None:
    """Delete those of the words that nobody has any more. Whoever is taking one up is waited for.

    The locks come first, by a statement of their own: what the next one sees then stays true.
    """
    if not digests:
        return
    locked = select(NameWord.digest).where(among(NameWord.digest, sorted(digests))).order_by(NameWord.digest)
    found = list(await uow.session.scalars(locked.with_for_update()))
    had = exists().where(PersonWord.digest == NameWord.digest)
    unused = delete(NameWord).where(among(NameWord.digest, found), ~had)
    await uow.session.execute(unused, execution_options={"synchronize_session": False})
