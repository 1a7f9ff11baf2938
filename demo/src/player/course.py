"""A line from the report to the decision, then the help that its course names, by whoever would help."""

import asyncio

from pydantic import JsonValue

from player import consents, people
from player.answers import Answer, Json, Offers, Reports, Search
from player.consents import informed
from player.departure import give_permit, return_home
from player.faults import Refused
from player.money import give_needs_grants, name_representative, pay_allowance
from player.scene import Actor, Scene
from player.support import hand_over_to_centre, house

IDENTIFICATION = "identification"
REPORT = "report"  # a line whose report is refused is not taken at all
_INDICATORS = {"SexualExploitation": "sexual", "ForcedBegging": "begging"}
_RIGHTS_DOCUMENT = "rights-1"


async def play_line(scene: Scene) -> None:
    """Play the whole line. What could not be done is noted in the scene."""
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
    desk = scene.by(scene.desk, IDENTIFICATION)
    own_system = scene.platform.has_system(scene.line.reported_by)
    report = await (_refer(scene, desk) if own_system else _enter(scene, desk))
    scene.case_id, scene.age_group = report.case_id, report.age_group
    address = f"/api/reports/{report.id}"
    status = report.status
    if report.replayed:  # a search is new each time, so an opened case is not opened by it again
        seen = await desk.look_if_allowed(address, Answer)
        status = seen.status if seen else "registered"  # another agency holds the case since
    if status == "reported":
        search = await desk.person.search(f"{address}/same-person-search", Search)
        verdicts: Json = {candidate.case_id: "not_same" for candidate in search.candidates}
        at = scene.times.before_decision(0.05)
        await desk.act("register", f"{address}/case", at, search_id=search.search_id, verdicts=verdicts)


async def _enter(scene: Scene, desk: Actor) -> Answer:
    return await desk.act(REPORT, "/api/reports", scene.line.reported_at, **_reported(scene))


async def _refer(scene: Scene, desk: Actor) -> Answer:
    """By the system of the agency, which sends it once; then its officer sees the report on the platform."""
    case_id = await scene.platform.refer(
        scene.line.reported_by,
        {
            "reference": scene.key(REPORT),
            "reported_at": scene.line.reported_at.isoformat(),
            "report": _reported(scene),
        },
    )
    reports = await desk.person.look("/api/reports", Reports, {"case_id": case_id})
    return reports.items[0]


def _reported(scene: Scene) -> Json:
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


MESSAGE_LANGUAGES = ("az", "en", "ru")


def _safe_contact(scene: Scene) -> Json | None:
    """The channel that the person marked safe. The caseload has no e-mail addresses: one is made up."""
    line = scene.line
    if line.safe_contact is None:
        return None
    sms = line.safe_contact.channel == "sms"
    return {
        "channel": line.safe_contact.channel,
        "address": line.htcds["prs_MobilePhone"] if sms else f"person-{line.line}@example.test",
        "hours": line.safe_contact.hours,
        "language": line.language if line.language in MESSAGE_LANGUAGES else "en",  # what the person reads of these
    }


async def _work_on_case(scene: Scene) -> None:
    """Screening, rights explained, consent: what comes before any decision (ID-4, ID-14, ID-12)."""
    line, case = scene.line, f"/api/cases/{scene.case_id}"
    desk = scene.by(scene.desk, IDENTIFICATION)
    with scene.part("screening"):
        await desk.act(
            "screening",
            f"{case}/screenings",
            scene.times.before_decision(0.1),
            indicator_set=_INDICATORS.get(people.exploitation(line) or "", "labour"),
            set_version=1,
            answers={},
            act=_element(line.htcds.get("vic_MethodOfRecruitment")),
            means=_element(line.htcds.get("vic_MethodsOfControl")),
            purpose=_element(line.htcds.get("vic_TypeOfExploitation")),
        )
    with scene.part("rights explained"):
        await desk.act(
            "rights",
            f"{case}/rights-explanations",
            scene.times.before_decision(0.15),
            document_version=_RIGHTS_DOCUMENT,
            **informed(line),
        )
    if line.consent.refer_to_police:
        with scene.part("consent"):
            at = scene.times.before_decision(0.2)
            await consents.record(
                scene, "consent", at, recipient="mia-special", purpose="referral", data_class="identity"
            )


def _element(codes: object) -> str:
    """Whether the record names anything of this element of the definition."""
    return "met" if codes else "unknown"


async def _decide(scene: Scene) -> None:
    """The outcome of the line, by the authority that it is for (ID-7, ID-8, ID-9, ID-19)."""
    outcome, case = scene.line.course.outcome, f"/api/cases/{scene.case_id}"
    at = scene.times.decided_at
    if outcome == "potential":
        desk = scene.by(scene.desk, IDENTIFICATION)
        await desk.act("potential", f"{case}/potential", at, categories=[_category(scene)])
        return
    if outcome == "not_recognised" and _stays_with_ngo(scene):
        if not people.may_decline(scene.desk):
            await _entrust(scene)
        await scene.by(scene.desk, IDENTIFICATION).decide("decline", f"{case}/decline", at, reasons=_AGAINST)
        return
    await _hand_over(scene)
    assessor = scene.by(people.ASSESSOR, IDENTIFICATION)
    if outcome == "formal":
        await assessor.decide("recognition", f"{case}/formal-recognition", at, reasons=_FOR)
    else:
        await assessor.decide("decline", f"{case}/decline", at, reasons=_AGAINST)


_FOR: list[JsonValue] = ["act_means_purpose_met", "indicators_met"]
_AGAINST: list[JsonValue] = ["purpose_not_established"]


def _stays_with_ngo(scene: Scene) -> bool:
    """An adult who did not agree is unknown to the police, so the holder assesses the case (ID-7)."""
    line = scene.line
    return people.needs_consent(line) and not scene.is_child and not line.consent.refer_to_police


async def _entrust(scene: Scene) -> None:
    """The holder may not assess the case: an NGO that may takes it over, as the person agreed (ID-20)."""
    case, to = f"/api/cases/{scene.case_id}", people.NGO_CASEWORKER.partition(".")[0]
    desk, ngo = (scene.by(who, IDENTIFICATION) for who in (scene.desk, people.NGO_CASEWORKER))
    agreed, at = consents.details(scene), scene.times.before_decision(0.5)
    await desk.act("holder-offer", f"{case}/holder-offers", at, to=to, ground="consent", consent=agreed)
    offer = next(offer.id for offer in (await ngo.look(case, Offers)).holder_offers if offer.to == to)
    accepted_at = scene.times.before_decision(0.8)
    await ngo.act("holder-accepted", f"{case}/holder-offers/{offer}/acceptance", accepted_at)
    scene.desk = people.NGO_CASEWORKER


async def _hand_over(scene: Scene) -> None:
    """To the special police body, which acknowledges, both within the day (ID-7)."""
    case = f"/api/cases/{scene.case_id}"
    desk, assessor = (scene.by(who, IDENTIFICATION) for who in (scene.desk, people.ASSESSOR))
    await desk.decide(
        "referral", f"{case}/referral", scene.times.before_decision(0.4), best_interests_recorded=scene.is_child
    )
    await assessor.act("acknowledgement", f"{case}/referral/acknowledgement", scene.times.before_decision(0.7))
    scene.handed_over = True


def _category(scene: Scene) -> str:
    """Why the person is at risk, as far as the report states it (ID-19)."""
    record, form = scene.line.htcds, people.exploitation(scene.line)
    if form == "ForcedBegging" and scene.is_child:
        return "child_begging"
    if not record.get("prs_IdentityNumber"):
        return "undocumented_person"
    citizenship = record.get("prs_Citizenship")
    if form == "ForcedLabour" and not (isinstance(citizenship, list) and "AZ" in citizenship):
        return "migrant_worker"
    return "other_at_risk"


async def _help(scene: Scene) -> None:
    """The help that the course names beside the decision; a refused part does not withhold the others.

    The agencies help side by side. The way home comes last: a departure ends the stay, and open claims are checked.
    """
    course = scene.line.course
    if course.reflection:
        with scene.part("reflection"):
            who = people.ASSESSOR if course.outcome == "formal" else scene.desk
            at = scene.times.after_decision(hours=1)
            case = f"/api/cases/{scene.case_id}"
            await scene.by(who, IDENTIFICATION).act("reflection", f"{case}/reflection", at, started=True)
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
    if scene.is_child and (scene.line.course.outcome == "formal" or scene.line.course.needs_grants):
        with scene.part("representative"):
            await name_representative(scene)
    if scene.line.course.outcome == "formal":
        with scene.part("allowance"):
            await pay_allowance(scene)
    await give_needs_grants(scene)


async def _permit(scene: Scene) -> None:
    if scene.line.course.permit:
        with scene.part("permit"):
            await give_permit(scene)
