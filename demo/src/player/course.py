"""A line from the report to the decision, and then the help that its course names, each by who would give it."""

import asyncio
from typing import Any

from player import people
from player.departure import give_permit, return_home
from player.faults import Refused
from player.money import give_needs_grants, pay_allowance
from player.platform import Answer
from player.scene import Scene
from player.support import hand_over_to_centre, house

IDENTIFICATION = "identification"
REPORT = "report"  # a line whose report is refused is not taken at all
_INDICATORS = {"SexualExploitation": "sexual", "ForcedBegging": "begging"}
_RIGHTS_DOCUMENT = "rights-1"
_WITHOUT_INTERPRETER = ("az", "ru", "en", "tr", None)


async def play_line(scene: Scene) -> None:
    """Everything that the line tells. What could not be done is kept in the scene."""
    step = REPORT
    try:
        await _report(scene)
        step = "case"
        await _work_on_case(scene)
        step = "decision"
        await _decide(scene)
    except Refused as refused:
        scene.note(step, refused)
        return
    await _help(scene)


async def _report(scene: Scene) -> None:
    """The report is entered, the same person looked for, the case opened (ID-1, ID-18)."""
    who = people.desk(scene.line)
    own_system = scene.platform.has_system(scene.line.reported_by)
    report = await (_refer(scene, who) if own_system else _enter(scene, who))
    scene.case_id, scene.age_group = report["case_id"], report["age_group"]
    address = f"/api/reports/{report['id']}"
    status = report["status"]
    if report.replayed:  # a search is new each time, so an opened case is not opened by it again
        status = (await scene.platform.look(who, IDENTIFICATION, address))["status"]
    if status == "reported":
        search = await scene.platform.search(who, IDENTIFICATION, f"{address}/same-person-search")
        verdicts = {candidate["case_id"]: "not_same" for candidate in search["candidates"]}
        at = scene.times.before_decision(0.05)
        opening = {"search_id": search["search_id"], "verdicts": verdicts}
        await scene.act("register", who, IDENTIFICATION, f"{address}/case", at, **opening)


async def _enter(scene: Scene, who: str) -> Answer:
    return await scene.act(
        REPORT, who, IDENTIFICATION, "/api/reports", scene.line.reported_at, **_what_was_reported(scene)
    )


async def _refer(scene: Scene, who: str) -> Answer:
    """By the system of the agency, which never says it twice; then its officer sees the report on the platform."""
    case_id = await scene.platform.refer(
        scene.line.reported_by,
        {
            "reference": scene.key(REPORT),
            "reported_at": scene.line.reported_at.isoformat(),
            "report": _what_was_reported(scene),
        },
    )
    reports = await scene.platform.look(who, IDENTIFICATION, "/api/reports", {"case_id": case_id})
    return Answer(reports["items"][0], replayed=False)


def _what_was_reported(scene: Scene) -> dict[str, Any]:
    line = scene.line
    return {
        "source": "self" if line.reported_by == "self" else "agency",
        "channel": line.channel,
        "anonymous": line.anonymous,
        "region": line.region,
        "language": line.language,
        "crossed_border": line.crossed_border,
        "htcds": line.htcds,
        "safe_contact": _safe_contact(scene),
    }


def _safe_contact(scene: Scene) -> dict[str, Any] | None:
    """The channel that the person marked safe. The caseload has no e-mail addresses: one is made up."""
    line = scene.line
    if line.safe_contact is None:
        return None
    sms = line.safe_contact.channel == "sms"
    return {
        "channel": line.safe_contact.channel,
        "address": line.htcds["prs_MobilePhone"] if sms else f"person-{line.line}@example.test",
        "hours": line.safe_contact.hours,
        "language": line.language or "az",
    }


async def _work_on_case(scene: Scene) -> None:
    """Screening, rights explained, consent: what comes before any decision (ID-4, ID-14, ID-12)."""
    line, who, case = scene.line, people.desk(scene.line), f"/api/cases/{scene.case_id}"
    with scene.part("screening"):
        await scene.act(
            "screening",
            who,
            IDENTIFICATION,
            f"{case}/screenings",
            scene.times.before_decision(0.1),
            indicator_set=_INDICATORS.get(people.exploitation(line) or "", "labour"),
            set_version=1,
            answers={},
            act=_said(line.htcds.get("vic_MethodOfRecruitment")),
            means=_said(line.htcds.get("vic_MethodsOfControl")),
            purpose=_said(line.htcds.get("vic_TypeOfExploitation")),
        )
    with scene.part("rights explained"):
        await scene.act(
            "rights",
            who,
            IDENTIFICATION,
            f"{case}/rights-explanations",
            scene.times.before_decision(0.15),
            language=line.language or "az",
            document_version=_RIGHTS_DOCUMENT,
            interpreter=line.language not in _WITHOUT_INTERPRETER,
        )
    if line.consent.refer_to_police:
        with scene.part("consent"):
            await scene.act(
                "consent",
                who,
                IDENTIFICATION,
                f"{case}/consents",
                scene.times.before_decision(0.2),
                recipient="mia-special",
                purpose="referral",
                data_class="identity",
            )


def _said(codes: Any) -> str:
    return "met" if codes else "unknown"


async def _decide(scene: Scene) -> None:
    """The outcome of the line, by the authority that it is for (ID-7, ID-8, ID-9, ID-19)."""
    outcome, case = scene.line.course.outcome, f"/api/cases/{scene.case_id}"
    at = scene.times.decided_at
    if outcome == "potential":
        await scene.act(
            "potential",
            people.desk(scene.line),
            IDENTIFICATION,
            f"{case}/potential",
            at,
            categories=[_category(scene)],
        )
        return
    if outcome == "not_recognised" and _stays_with_ngo(scene):
        await scene.decide(
            "decline", people.casework(scene.line), IDENTIFICATION, case, "decline", at, reasons=_AGAINST
        )
        return
    await _hand_over(scene)
    if outcome == "formal":
        await scene.decide("recognition", people.ASSESSOR, IDENTIFICATION, case, "formal-recognition", at, reasons=_FOR)
    else:
        await scene.decide("decline", people.ASSESSOR, IDENTIFICATION, case, "decline", at, reasons=_AGAINST)


_FOR = ["act_means_purpose_met", "indicators_met"]
_AGAINST = ["purpose_not_established"]


def _stays_with_ngo(scene: Scene) -> bool:
    """ID-7: an adult who did not agree is unknown to the police, so the NGO that keeps the case assesses it."""
    line = scene.line
    asked = people.consent_is_asked(line) and scene.age_group != "child"
    return asked and not line.consent.refer_to_police


async def _hand_over(scene: Scene) -> None:
    """To the special police body, which acknowledges, both within the day (ID-7)."""
    case = f"/api/cases/{scene.case_id}"
    await scene.decide(
        "referral",
        people.desk(scene.line),
        IDENTIFICATION,
        case,
        "referral",
        scene.times.before_decision(0.4),
        best_interests_recorded=scene.age_group == "child",
    )
    await scene.act(
        "acknowledgement",
        people.ASSESSOR,
        IDENTIFICATION,
        f"{case}/referral/acknowledgement",
        scene.times.before_decision(0.7),
    )


def _category(scene: Scene) -> str:
    """Why the person is at risk, as far as the report says (ID-19)."""
    record, form = scene.line.htcds, people.exploitation(scene.line)
    if form == "ForcedBegging" and scene.age_group == "child":
        return "child_begging"
    if not record.get("prs_IdentityNumber"):
        return "undocumented_person"
    if form == "ForcedLabour" and "AZ" not in (record.get("prs_Citizenship") or ()):
        return "migrant_worker"
    return "other_at_risk"


async def _help(scene: Scene) -> None:
    """What the course names beside the decision; one part refused does not withhold the others.

    The agencies help side by side. The way home comes last: a departure ends the stay, and open claims are looked at.
    """
    course = scene.line.course
    if course.reflection:
        with scene.part("reflection"):
            await scene.act(
                "reflection",
                people.ASSESSOR if course.outcome == "formal" else people.desk(scene.line),
                IDENTIFICATION,
                f"/api/cases/{scene.case_id}/reflection",
                scene.times.after_decision(hours=1),
                started=True,
            )
    async with asyncio.TaskGroup() as agencies:
        for agency in (_care, _pay, _permit):
            agencies.create_task(agency(scene))
    if course.voluntary_return:
        with scene.part("return"):
            await return_home(scene)


async def _care(scene: Scene) -> None:
    if scene.line.course.shelter:
        with scene.part("shelter"):
            await house(scene)
    if scene.line.course.vac is not None:
        with scene.part("assistance centre"):
            await hand_over_to_centre(scene)


async def _pay(scene: Scene) -> None:
    if scene.line.course.outcome == "formal":
        with scene.part("allowance"):
            await pay_allowance(scene)
    await give_needs_grants(scene)


async def _permit(scene: Scene) -> None:
    if scene.line.course.permit:
        with scene.part("permit"):
            await give_permit(scene)
