"""Claims as their readers see them, each the part that the basis of their agency opens (ID-7, ID-12)."""

from collections.abc import Sequence
from uuid import UUID

from casework import access, answers
from casework.bases import Basis
from casework.cases import CaseFound, by_reference
from casework.history import visible_history
from casework.listing import Run, Wanted, among_first, runs, ways
from chassis.errors import Invalid, NotFound
from chassis.machine import Possible
from chassis.paging import Page, page
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from sqlalchemy import ColumnElement, and_, func, or_, select

from fund import facts
from fund.answers import ClaimAnswer, ClaimSummary, OrderAnswer
from fund.domain.claims import CLAIM, refused_actions
from fund.domain.ledger import missing
from fund.rights import APPEAL_OUTCOMES
from fund.tables import Base, Claim, OpenedCase, PaymentOrder, claim_listed
from fund.views.filters import CaseFilter, ClaimFilter
from fund.views.hands import hands

_LINE = tuple(name for name in ClaimSummary.model_fields if name != "case_ref")
_STORED = (
    *_LINE,
    "payee",
    "document",
    "recognition_id",
    "awarded_qepik",
    "from_property_qepik",
    "property_document",
    "shared_decision",
    "overpaid_qepik",
    "reasons",
    "re_examine_reason",
)
HANDS = ("written_by", "requested_by", "rejected_by", "first_approved_by", "approved_by", "released_by")
"""Who had a hand in a claim (FU-6)."""
HISTORY = dict.fromkeys(
    (
        *CLAIM.actions,
        *("create_claim", "draft_allowance", "void_approval", "stop_order"),
        *("re_examine", "settle_re_examination"),
    ),
    "see_claims",
)
"""Each audited act on a claim, and the right that shows it."""


async def find_case(uow: UnitOfWork, wanted: CaseFilter) -> Page[CaseFound]:
    """The case that a claim can be drafted for (ID-7)."""
    return await by_reference(uow, OpenedCase.case_id, wanted.case_ref, for_="find_case")


async def read(uow: UnitOfWork, claim_id: UUID) -> ClaimAnswer:
    """The claim, to whoever may see it."""
    claim, _ = await _find(uow, claim_id)
    return await show(uow, claim)


async def _find(uow: UnitOfWork, claim_id: UUID) -> tuple[Claim, frozenset[Basis]]:
    """The claim, and the bases of the actor's agency; one statement whether it is hidden or absent.

    NotFound where the agency may not know of the case, and for a claim of another agency where its basis shows its own
    alone. NotForThisBasis where it knows of the case for a reason that shows no claims.
    """
    required = access.cell(uow, "see_claims")
    claim_alone = select(Claim).where(Claim.id == claim_id)
    if required is None:
        claim = await uow.session.scalar(claim_alone)
        if claim is None:
            raise NotFound
        return claim, frozenset()
    rows = (await uow.session.execute(access.with_bases(uow, claim_alone, Claim.case_id))).all()
    bases = frozenset(access.basis_of(row) for row in rows)
    access.check(bases, required, "see_claims")
    claim = rows[0][0]
    if claim.written_by_agency != uow.actor.agency and not access.gives(uow, "see_every_claim", bases):
        raise NotFound
    return claim, bases


def _visible(uow: UnitOfWork) -> ColumnElement[bool]:
    """The same for a list; where every claim of a case may be seen, so may one's own."""
    return and_(
        access.visible(uow, Claim.case_id, for_="see_claims"),
        or_(
            access.visible(uow, Claim.case_id, for_="see_every_claim"),
            Claim.written_by_agency == uow.actor.agency,
        ),
    )


async def show(uow: UnitOfWork, claim: Claim) -> ClaimAnswer:
    """The claim, its orders, and every action with the reason why it is not possible to this person now."""
    await uow.session.flush()
    free_qepik = await facts.free_money(uow)
    orders = await uow.session.scalars(
        select(PaymentOrder).where(PaymentOrder.claim_id == claim.id).order_by(PaymentOrder.number)
    )
    return ClaimAnswer(
        **{name: getattr(claim, name) for name in _STORED},
        case_ref=case_reference(claim.case_id),
        missing_qepik=missing(free_qepik, claim.amount_qepik) if claim.state == "approved" else 0,
        second_approval=claim.state == "second_approval",
        approval=claim.approved_digest,
        free_qepik=free_qepik if "see_balance" in may(uow.rights, uow.actor) else None,
        hands=list(await hands(uow, claim)),
        orders=[_show_order(order) for order in orders],
        actions=answers.actions(await _actions(uow, claim, free_qepik)),
    )


async def _actions(uow: UnitOfWork, claim: Claim, free_qepik: int) -> list[Possible]:
    """Only roles of the Fund act on a claim, and they see every claim: the basis decides nothing here."""
    rights = may(uow.rights, uow.actor)
    rights |= APPEAL_OUTCOMES if "decide_appeal" in rights else set()
    refused = refused_actions(await facts.about_claim(uow, claim, uow.now, free_qepik), uow.actor.sub)
    possible = CLAIM.list_actions(claim.state, refused, may=rights)
    if "settle_re_examination" in rights:  # possible in every state, so it is no transition
        why_not = None if claim.re_examine_since else "no_re_examination_open"
        possible.append(Possible("settle_re_examination", why_not is None, why_not))
    return possible


def _show_order(order: PaymentOrder) -> OrderAnswer:
    return OrderAnswer(**{name: getattr(order, name) for name in OrderAnswer.model_fields})


async def list_claims(uow: UnitOfWork, filter_: ClaimFilter) -> Page[ClaimSummary]:
    """Claims that the actor may see, newest or oldest first. Invalid `unknown_state` for a state that is none."""
    if filter_.state is not None and filter_.state not in CLAIM.states:
        raise Invalid("unknown_state", "There is no such state of a claim.", facts={"known": list(CLAIM.states)})
    shown = [_visible(uow), *_conditions(uow, filter_)]
    found_by = _runs(uow, filter_)
    if found_by is not None:
        shown = [among_first(Claim.id, found_by, shown, Wanted(filter_.limit, filter_.after, filter_.order))]
    wanted = select(Claim).where(*shown)
    rows, following = await page(
        uow.session, wanted, Claim.id, limit=filter_.limit, after=filter_.after, order=filter_.order
    )
    return Page(items=[_summary(claim) for claim in rows], next=following)


def _summary(claim: Claim) -> ClaimSummary:
    return ClaimSummary(**{name: getattr(claim, name) for name in _LINE}, case_ref=case_reference(claim.case_id))


def _conditions(uow: UnitOfWork, filter_: ClaimFilter) -> list[ColumnElement[bool]]:
    columns = ((Claim.case_id, filter_.case_id), (Claim.kind, filter_.kind), (Claim.state, filter_.state))
    found = [column == wanted for column, wanted in columns if wanted is not None]
    if filter_.re_examine is not None:
        found.append(Claim.re_examine_since.is_not(None) == filter_.re_examine)
    if filter_.mine is not None:
        found.append(_went_through(uow.actor.sub) == filter_.mine)
    return found


def _runs(uow: UnitOfWork, filter_: ClaimFilter) -> Sequence[Run] | None:
    """In which indexes the page is found.

    None where the list is of one case, or where an index of all claims has it.
    """
    if filter_.case_id is not None:
        return None
    if filter_.mine:
        claim = Base.metadata.tables["claim"].alias().c
        return [Run(claim.id, [claim[hand] == uow.actor.sub]) for hand in HANDS]
    needed = access.cell(uow, "see_claims")
    if needed is None:
        return None
    columns = {"kind": filter_.kind, "state": filter_.state}
    chosen: dict[str, Sequence[str] | bool] = {name: [value] for name, value in columns.items() if value is not None}
    if filter_.re_examine:
        chosen["re_examine"] = True
    every = access.cell(uow, "see_every_claim") or ()
    found_by = [*ways(every), *ways(needed, own_alone=True)]
    return runs(uow, claim_listed, found_by, chosen)


def _went_through(sub: str) -> ColumnElement[bool]:
    """FU-6: claims in which this person had a hand."""
    return or_(*(func.coalesce(getattr(Claim, hand), "") == sub for hand in HANDS))


async def history(uow: UnitOfWork, claim_id: UUID) -> answers.History:
    """The acts on a claim, newest first, by role and agency."""
    claim, bases = await _find(uow, claim_id)
    acts = await visible_history(uow, claim.case_id, bases, HISTORY, subject=f"claim/{claim.id}")
    return answers.history(acts)
