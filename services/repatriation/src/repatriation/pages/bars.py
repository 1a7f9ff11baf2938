"""Removal bars on the pages: why one stands, its certificate and its check (R2, R5; RP-4)."""

from staffui.choosing import one_of
from staffui.pages import Facts, Form, List, Object, Paper, Part, Start, shown

from repatriation.answers import BarAnswer, BarRow, Certificate, Verification
from repatriation.domain.bars import BAR, LIFTING_REASONS

BARS = List(
    "/bars",
    "/api/bars",
    BarRow,
    shown(BarRow, "case_ref:ref state:tag:bar until:clock since:since basis told age_group"),
    filters={"state": BAR.states, "re_examine": ("true",)},
    opens="/bars/{id}",
    machine=BAR,
    begins=(
        Start("/bars/new", "act.bar.raise", Form(given={"basis": "decision"}), right="raise_bar"),
        Start(
            "/certificates/verify",
            "act.bar.verify_certificate",
            Form(result=Facts("verification", shown(Verification, "valid until")), result_shape=Verification),
            api="/api/certificates/verification",
        ),
    ),
)
BAR_PAGE = Object(
    "/bars/{bar_id}",
    "/api/bars/{bar_id}",
    BarAnswer,
    BAR,
    back="/bars",
    way=("standing", "lifted"),
    person=shown(BarAnswer, "age_group"),
    cards=(Facts("bar", shown(BarAnswer, "until since basis advisory told re_examine lifted_at"), known_only=True),),
    papers=(
        Paper(
            "certificate",
            "act.bar.print_certificate",
            Certificate,
            dated=lambda certificate: str(certificate["issued_at"]),
            cards=(
                Facts(
                    "certificate",
                    shown(Certificate, "number check holder until issuer:agency issued_at legal"),
                    known_only=True,
                ),
            ),
            text="text",
            when=lambda bar: bar["state"] == "standing" and not bar.get("advisory"),
            for_strangers=True,
        ),
    ),
    related=(Part("bars_of_case", BARS, {"case_id": "{case_id}"}),),
    choices={("lift", "reason"): one_of("reason", LIFTING_REASONS)},
    grave=("lift", "lift_on_wish"),
    suffix="_bar",
    forms={
        "extend": Form(beside=shown(BarAnswer, "until since basis")),
        "lift": Form(beside=shown(BarAnswer, "until since basis")),
        "lift_on_wish": Form(beside=shown(BarAnswer, "until since basis")),
    },
)
