"""Who sees what by which basis: every part × every basis, and the fields of answers (ID-7, ID-12, SH-7)."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from casework.bases import Basis, covered
from casework.testing import Scene as AccessScene
from casework.testing import every_basis, wrong_answers
from notify.domain.kinds import BY_CODE, KINDS
from notify.domain.routes import ROUTES
from notify.rights import OF_ONE_OBJECT, PARTS, RIGHTS, Part, right_of
from notify.tables import InboxItem
from nrm_events import exchange as exc
from nrm_events import repatriation as rep
from sqlalchemy import text

from .givens import Scene, a_clock_of_each_kind

At = Callable[[float], datetime]
NGO = "ngo-acu"  # holds nothing in these stories, and knows of the case on the basis at hand
OBJECT = uuid4()
BASES = [
    *every_basis(RIGHTS, {"place": OBJECT, "handover": OBJECT, "permit": OBJECT}),
    Basis("told_of_bar", ref=OBJECT),
    *(Basis(name, kind, ref=uuid4()) for name in ("asked", "serves") for kind in ("place", "handover")),
]


def expected(part: Part, basis: Basis) -> bool:
    """By the table, and for parts of one object by the object as well."""
    if not covered(RIGHTS[right_of(part)]["caseworker"], [basis]):  # type: ignore[arg-type]  # a cell of bases
        return False
    return basis.ref == OBJECT if basis.name in OF_ONE_OBJECT.get(part, ()) else True


async def knows(scene: Scene, basis: Basis | None, agency: str = NGO) -> None:
    """From now on the agency knows of the case on this basis alone, or not at all."""
    values = {"case": scene.case_id, "agency": agency}
    async with scene.bench.session() as session:
        await session.execute(text("delete from case_access where case_id = :case and agency = :agency"), values)
        if basis is not None:
            await session.execute(
                text(
                    "insert into case_access (case_id, agency, basis, about, data_class, ref, since)"
                    " values (:case, :agency, :basis, :about, :class, :ref, now())"
                ),
                values | {"basis": basis.name, "about": basis.about, "class": basis.data_class, "ref": basis.ref},
            )


async def test_every_kind_of_clock_on_every_basis(scene: Scene, at: At) -> None:
    """ID-7, ID-12: lists and counts show exactly what the table opens; one alone is 200, 403 or 404 likewise."""
    await scene.case_opens()
    clocks = await a_clock_of_each_kind(scene, at, OBJECT)
    assert set(clocks) == set(BY_CODE)
    somebody = scene.bench.person(f"{NGO}.caseworker")
    for basis in [None, *BASES]:
        await knows(scene, basis)
        shown = {kind.code for kind in KINDS if basis is not None and expected(kind.part, basis)}
        listed = (await somebody.get_ok("/api/clocks", limit=200))["items"]
        assert {clock["kind"] for clock in listed} == shown, basis
        for kind, clock_id in clocks.items():
            path = f"/api/clocks/{clock_id}" + ("/history" if kind == "stay" else "")
            status = 200 if kind in shown else 403 if basis else 404
            assert (await somebody.get(path)).status_code == status, (kind, basis)


async def test_every_part_of_the_inbox_on_every_basis(scene: Scene, at: At) -> None:
    """ID-12: an item for the agency is shown by a basis that gives its part, and by no other."""
    await scene.case_opens()
    items = {part: uuid4() for part in PARTS}
    async with scene.bench.session() as session:
        session.add_all(
            InboxItem(
                id=items[part],
                case_id=scene.case_id,
                event_id=items[part],
                template="new_notification",
                recipient=NGO,
                roles=["caseworker"],
                task="clock_breached",
                part=part,
                subject=f"{part}/{OBJECT}",
                object_id=OBJECT,
                created_at=at(0),
            )
            for part in PARTS
        )
    somebody = scene.bench.person(f"{NGO}.caseworker")
    for basis in [None, *BASES]:
        await knows(scene, basis)
        shown = {part for part in PARTS if basis is not None and expected(part, basis)}
        inbox = await somebody.get_ok("/api/inbox", limit=200)
        assert {item["subject"].partition("/")[0] for item in inbox["items"]} == shown, basis
        assert inbox["unread"] == len(shown), basis
    await knows(scene, None)
    for item_id in items.values():
        assert (await somebody.post(f"/api/inbox/{item_id}/read")).status_code == 404


async def test_every_message_on_every_basis(scene: Scene) -> None:
    """NO-2: the holder, the guardianship authority, a consent for contact; the formal body its own alone."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    message = await scene.message()
    assert message.author == "mia-special"
    somebody = scene.bench.person(f"{NGO}.caseworker")
    path = f"/api/messages/{message.id}"
    for basis in [None, *BASES]:
        await knows(scene, basis)
        reads = basis is not None and (
            basis.name in ("holder", "guardian_authority") or (basis.name, basis.data_class) == ("consent", "contact")
        )
        status = 200 if reads else 403 if basis else 404
        assert (await somebody.get(path)).status_code == status, basis
        assert (await somebody.get(f"{path}/history")).status_code == status, basis
        assert len((await somebody.get_ok("/api/messages"))["items"]) == reads, basis
        resent = await somebody.post(f"{path}/resend")
        expected_code = {200: "not_possible_in_state", 403: "not_for_this_basis", 404: "not_found"}
        code = (
            expected_code[status]
            if reads and basis and basis.name != "consent"
            else ("not_found" if basis is None else "not_for_this_basis")
        )
        assert resent.json()["code"] == code, basis


async def test_the_formal_body_reads_its_own_messages_and_sends_none(scene: Scene, at: At) -> None:
    """NO-2, access.md: a payment is not its act; that a message of its own waits it may know."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred(), scene.identified())
    await scene.bench.receives(
        rep.PermitGranted(case_id=scene.case_id, effective_at=at(0), permit_id=uuid4(), valid_until=at(9999).date())
    )
    police = scene.bench.person("mia-special.assessor")
    (own,) = (await police.get_ok("/api/messages"))["items"]
    assert own["actions"] == [{"action": "resend", "allowed": False, "reason": "state_is_queued"}]
    (other,) = await scene.rows("select id from message where author is null")
    assert (await police.get(f"/api/messages/{other.id}")).status_code == 403
    async with scene.bench.session() as session:
        await session.execute(text("update message set state = 'skipped'"))
    (own,) = (await police.get_ok("/api/messages"))["items"]
    assert own["actions"] == [{"action": "resend", "allowed": False, "reason": "not_for_this_basis"}]
    refused = await police.post(f"/api/messages/{own['id']}/resend")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_for_this_basis")
    assert len((await scene.bench.person("ngo-amc.caseworker").get_ok("/api/messages"))["items"]) == 2


async def test_every_action_by_every_role_and_basis_is_what_the_table_holds(scene: Scene) -> None:
    """The harness of all services; what is more than a basis (the own object, the own message) is tested above."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred(to="moj"), scene.identified())  # or police see nothing, on any basis
    message = await scene.message()
    about = AccessScene(
        case_id=scene.case_id,
        ids={"message_id": str(message.id)},
        skip=frozenset({"read_clock", "read_item", "list_clocks", "read_inbox"}),
    )
    wrong = await wrong_answers(scene.bench, about)
    own = [line for line in wrong if "read_message" in line and "by formal_body" in line]
    assert [line for line in wrong if line not in own] == []
    assert {line.partition(" as ")[2].partition(" by ")[0] for line in own} <= set(RIGHTS["read_message"]) - {
        "assessor"
    }


GOLDEN = {
    # `counted` are days of the calendar, the same for every case
    "clock": "actions agency breached_at case_id case_ref counted due_at ended_at entered_late id in_working_days kind"
    " object_id provisional role started_at state version warn_at",
    "item": "case_id case_ref created_at id read_at subject task template text",
    "message": "actions case_id case_ref clocks effective_at id next_at queued_at reason sent_at state template"
    " tries version",
    "agency task": "agency created_at id read_at task text",
}


async def test_the_fields_of_each_answer_are_these(scene: Scene, at: At) -> None:
    """NO-1, ID-12: nothing else is in them; a new field must be thought of here."""
    await scene.case_opens()
    withdrawal = {"case_id": scene.case_id, "effective_at": at(0), "consent_id": uuid4(), "agency": "moh"}
    await scene.bench.receives(exc.WithdrawalTold(**withdrawal, acknowledge_by=at(5)), scene.identified())
    await scene.ticks(at(6))
    holder, operator = scene.bench.person("ngo-amc.caseworker"), scene.bench.person("himaya.operator")
    found = {
        "clock": (await holder.get_ok("/api/clocks"))["items"],
        "item": (await holder.get_ok("/api/inbox"))["items"],
        "message": (await holder.get_ok("/api/messages"))["items"],
        "agency task": (await operator.get_ok("/api/agency-tasks"))["items"],
    }
    for name, items in found.items():
        assert items, name
        assert {" ".join(sorted(item)) for item in items} == {GOLDEN[name]}


def test_every_part_of_a_route_is_open_to_whom_the_route_is_for() -> None:
    """A task that its recipient may never see would be a mistake of the tables."""
    for route in ROUTES:
        cell = RIGHTS[right_of(route.part)]["caseworker"]
        assert covered(cell, [Basis("holder")])  # type: ignore[arg-type]  # a cell of bases
