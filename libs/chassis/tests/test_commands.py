"""Commands over HTTP: done once per Idempotency-Key, refused clearly, tried again when the database chose another."""

import asyncio
from uuid import uuid4

import httpx
from chassis.testing import Person, ServiceUnderTest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from .givens import CASEWORKER, POLICE, a_notice, rows, superuser_url

UP = "select count(*) from notice where case_id = :case_id"


async def _up(board: ServiceUnderTest, notice: dict[str, str]) -> int:
    return int((await rows(board, UP, case_id=notice["case_id"]))[0][0])


async def test_the_same_key_and_body_get_the_stored_answer(board: ServiceUnderTest) -> None:
    notice, person, key = a_notice(), board.person(CASEWORKER), uuid4().hex
    first, again = [await person.post("/api/notices", notice, key=key) for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert await _up(board, notice) == 1


async def test_the_same_key_for_another_command_is_refused(board: ServiceUnderTest) -> None:
    notice, person, key = a_notice(), board.person(CASEWORKER), uuid4().hex
    done = await person.post_ok("/api/notices", notice, key=key)
    other_body = await person.post("/api/notices", a_notice(), key=key)
    other_path = await person.post(f"/api/notices/{done['id']}/failure", notice, key=key)
    for refused in (other_body, other_path):
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")


async def test_another_person_may_use_the_same_key(board: ServiceUnderTest) -> None:
    key, first, second = uuid4().hex, a_notice(), a_notice()
    await board.person(CASEWORKER).post_ok("/api/notices", first, key=key)
    await board.person(POLICE).post_ok("/api/notices", second, key=key)
    assert await _up(board, first) == await _up(board, second) == 1


async def test_a_command_without_a_key_or_with_a_strange_one_is_refused(board: ServiceUnderTest) -> None:
    person = board.person(CASEWORKER)
    bearer = {"Authorization": f"Bearer {person._token}"}
    for key in (None, "", "k" * 129, "two words", "\x7f"):
        headers = bearer | ({} if key is None else {"Idempotency-Key": key})
        refused = await board.http.post("/api/notices", json=a_notice(), headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing"), key


async def test_of_four_at_the_same_time_one_is_done_and_all_get_its_answer(board: ServiceUnderTest) -> None:
    notice, person, key = a_notice(), board.person(CASEWORKER), uuid4().hex
    answers = await asyncio.gather(*(person.post("/api/notices", notice, key=key) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 3
    assert await _up(board, notice) == 1


async def test_a_refused_command_is_not_kept_and_may_be_tried_again_under_its_key(board: ServiceUnderTest) -> None:
    notice, person, key = a_notice(), board.person(CASEWORKER), uuid4().hex
    await person.post_ok("/api/notices", notice)
    refused = await person.post("/api/notices", notice, key=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_is_up")
    async with board.session() as session:
        await session.execute(text("delete from notice where case_id = :case_id"), {"case_id": notice["case_id"]})
    assert (await person.post("/api/notices", notice, key=key)).status_code == 201


async def test_a_refusal_leaves_nothing_but_its_audit_entry(board: ServiceUnderTest) -> None:
    person = board.person(CASEWORKER)
    notice = await person.post_ok("/api/notices", a_notice())
    refused = await person.post(f"/api/notices/{notice['id']}/failure")
    assert refused.json()["code"] == "never_fails"
    acts = await rows(
        board,
        "select action, kind, outcome, agency, role from audit_entry where case_id = :case_id or subject = :id",
        case_id=notice["case_id"],
        id=notice["id"],
    )
    assert sorted(tuple(act)[:4] for act in acts) == [
        ("put_up_notice", "act", "done", "ngo-amc"),
        ("put_up_notice", "refusal", "never_fails", "ngo-amc"),
    ]


async def test_a_command_that_the_database_ended_in_favour_of_another_is_done_at_the_second_try(
    board: ServiceUnderTest,
) -> None:
    """A deadlock: another holds its case and waits for what it holds. The command is the one that is ended."""
    notice = a_notice()
    case_id = {"case_id": notice["case_id"]}
    engine = create_async_engine(superuser_url(board).replace("postgresql:", "postgresql+asyncpg:"))
    async with board.session() as session:
        await session.execute(text("insert into stream (key) values (:case_id)"), case_id)
    async with engine.connect() as other:
        await other.execute(text("set local deadlock_timeout = '1min'"))
        await other.execute(text("select 1 from stream where key = :case_id for update"), case_id)
        command = asyncio.create_task(board.person(CASEWORKER).post("/api/notices", notice))
        await _until_it_waits(board)
        await other.execute(text("insert into reader values (:case_id, 'ngo-amc', 'put_up')"), case_id)
        assert not command.done(), "ended by the database, and begun anew"
        await other.rollback()
    await engine.dispose()
    answer = await command
    assert answer.status_code == 201, answer.text
    assert await _up(board, notice) == 1


async def _until_it_waits(board: ServiceUnderTest) -> None:
    async with asyncio.timeout(10):
        while not await rows(  # noqa: ASYNC110  nobody tells when a lock is waited for
            board, "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        ):
            await asyncio.sleep(0.02)


async def test_lists_page_by_key_newest_first(own_board: ServiceUnderTest) -> None:
    person = own_board.person(CASEWORKER)
    made = [(await person.post_ok("/api/notices", a_notice()))["id"] for _ in range(5)]
    seen: list[str] = []
    page = await person.get_ok("/api/notices", limit=2)
    while True:
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        page = await person.get_ok("/api/notices", limit=2, after=page["next"])
    assert seen == made[::-1]
    for limit in (0, 201, "many"):
        assert (await person.get("/api/notices", limit=limit)).status_code == 422


async def test_a_read_of_a_person_is_audited_with_its_purpose(board: ServiceUnderTest) -> None:
    """ID-13."""
    person = board.person(CASEWORKER)
    notice = await person.post_ok("/api/notices", a_notice())
    await person.get_ok(f"/api/notices/{notice['id']}")
    (look,) = await rows(
        board,
        "select action, purpose, agency, actor from audit_entry where kind = 'read' and case_id = :case_id",
        case_id=notice["case_id"],
    )
    assert (look.action, look.purpose, look.agency) == ("look_at_notices", "casework", "ngo-amc")
    assert "caseworker" not in look.actor, "the subject of the token, not the name"


async def test_without_a_right_the_function_is_refused_and_the_refusal_audited(board: ServiceUnderTest) -> None:
    notice = a_notice()
    refused = await board.person("coordinator.coordinator").post("/api/notices", notice)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_lacks_right")
    assert refused.json()["facts"] == {"action": "put_up_notice"}
    assert await rows(
        board,
        "select 1 from audit_entry where kind = 'refusal' and agency = 'coordinator' and outcome = 'role_lacks_right'",
    )


async def test_a_case_that_may_not_be_known_answers_like_one_that_is_not_there(board: ServiceUnderTest) -> None:
    """ID-7: by id and list, byte for byte; the auditor's scope sees every row."""
    holder, police = board.person(CASEWORKER), board.person(POLICE)
    notice = await holder.post_ok("/api/notices", a_notice())
    for ask in (_look, _fail):
        hidden, missing = await ask(police, notice["id"]), await ask(police, str(uuid4()))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content == missing.content
        assert {k: v for k, v in hidden.headers.items() if k != "date"} == dict(missing.headers)
    assert notice["id"] not in (await police.get("/api/notices")).text
    assert notice["id"] in (await holder.get("/api/notices")).text
    assert notice["id"] in (await board.person("ombudsman.auditor").get("/api/notices")).text


async def _look(person: Person, notice_id: str) -> httpx.Response:
    return await person.get(f"/api/notices/{notice_id}")


async def _fail(person: Person, notice_id: str) -> httpx.Response:
    return await person.post(f"/api/notices/{notice_id}/failure")
