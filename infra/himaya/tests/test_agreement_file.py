"""A file of an agreement: each fault is named by its line, with the list of what there is, and nothing is made."""

from typing import Any, get_args

import pytest
from exchange.commands import Agree, LineBody
from himaya import agreement_file
from nrm_events.taking_part import AgencyKind

from .conftest import A_LINE, Desk


@pytest.mark.parametrize(
    ("more", "line", "expected"),
    [
        ({"edition": "many"}, 4, "edition: int_parsing"),
        ({"tells": [{"event": "shelter.Sang", "fields": []}]}, 11, "tells.0.ground: missing"),
        ({"until": "2019-01-01"}, 17, "until: before_from"),
        ({"kind": "club"}, 3, "kind: literal_error: what the agency is, one of: police, migration, border, "),
        ({"kind": "police"}, 14, "tells.0.purpose: police_by_handover: police learn of a case by the hand-over alone"),
        ({"may_say": ["ReferralSubmitted"]}, 7, "may_say: cannot_acknowledge: a line rests on a consent"),
        ({"may_say": ["ReferralSubmitted"] * 2 + ["WithdrawalAcknowledged"]}, 7, "named_twice: ReferralSubmitted"),
        ({"may_say": ["Anything"]}, 8, "may_say.0: literal_error: Input should be 'ReferralSubmitted', "),
        ({"purposes": []}, 17, "purposes: extra_forbidden: there is no such field; there are agency, title, kind, "),
        (
            {"tells": [A_LINE | {"why": "so"}]},
            17,
            "tells.0.why: extra_forbidden: there is no such field; there are event, fields, ",
        ),
        (
            {"tells": [A_LINE | {"event": "shelter.Sang"}]},
            11,
            "tells.0.event: unknown_event: can go out: shelter.AssistanceGiven, ",
        ),
        ({"tells": [A_LINE | {"fields": ["name"]}]}, 12, "unknown_field: name; the event has agency, assistance_id, "),
        (
            {"tells": [A_LINE | {"purpose": "fun"}]},
            14,
            "tells.0.purpose: literal_error: Input should be 'referral', 'assistance', ",
        ),
        (
            {"tells": [A_LINE | {"ground": "friendship"}]},
            15,
            "tells.0.ground: literal_error: Input should be 'consent', ",
        ),
        (
            {"tells": [A_LINE | {"ground": "holder"}]},
            15,
            "AssistanceGiven never goes out on holder; it does on addressed, consent, ",
        ),
        ({"tells": [A_LINE | {"fields": "kind"}]}, 12, "tells.0.fields: list_type"),
        ({"from": "soon"}, 5, "from: date_from_datetime_parsing"),
        ("agency: iom\ntitle: one\nagency: iom", 3, "agency stands here a second time"),
        ({"agency": "iom"}, None, "other_agency"),
        ("agency: [iom", None, "no YAML"),
        ("just a sentence", None, "not an agreement"),
    ],
)
async def test_a_fault_in_the_agreement_is_named_by_line_and_nothing_is_made(
    desk: Desk, more: Any, line: int | None, expected: str
) -> None:
    answer = await desk.adds(content=more if isinstance(more, str) else desk.agreement(**more))
    assert (answer.code, answer.out) == (2, "")
    assert expected in answer.err
    if line:
        assert f"agreement.yaml:{line}: " in answer.err
    shown = await desk.run("show")
    assert (shown.code, shown.err.split(": ")[1]) == (2, f"there is no agency {desk.code} on the bus")


def test_the_fields_that_a_refusal_lists_are_those_of_the_exchange() -> None:
    for listed, model in ((agreement_file.OF_AGREEMENT, Agree), (agreement_file.OF_LINE, LineBody)):
        assert set(listed) == {field.alias or name for name, field in model.model_fields.items()}


async def test_an_agreement_without_a_kind_is_refused_with_the_list(desk: Desk) -> None:
    """What is missing, where, and what it can be; and nothing is made."""
    agreement = desk.agreement()
    del agreement["kind"]
    answer = await desk.adds(content=agreement)
    assert (answer.code, answer.out) == (2, "")
    where, fault = answer.err.splitlines()[1].split(": kind: ")
    assert where.endswith("agreement.yaml:1")
    assert fault == f"missing: what the agency is, one of: {', '.join(get_args(AgencyKind))}"
    assert (await desk.run("show")).code == 2
