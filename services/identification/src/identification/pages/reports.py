"""Reports on the pages: the list, the report, the form of a call (I1–I3; ID-1)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from chassis.errors import Fault, Invalid
from pydantic import BaseModel, ConfigDict, Field
from staffui import forms
from staffui.asking import questions
from staffui.pages import Facts, Form, List, Object, Start, Typed, shown

from identification import answers as a
from identification.commands.identities import SafeContact
from identification.commands.words import Hours, Text
from identification.domain.cases import CASE as MACHINE
from identification.domain.codes import Channel, Region
from identification.pages import choices
from identification.pages.identity import of_standard
from identification.pages.same_person import SAME_PERSON


class Call(BaseModel):
    """What is written down during a call, in its order; the channel and any one fact are required (I2)."""

    model_config = ConfigDict(populate_by_name=True)

    channel: Channel
    source: Literal["agency", "self"] = "agency"
    anonymous: bool = False
    child_suspected: bool = False
    what_happened: Text | None = Field(default=None, alias="account")
    vic_TypeOfExploitation: list[str] = of_standard("vic_TypeOfExploitation")
    vic_MethodsOfControl: list[str] = of_standard("vic_MethodsOfControl")
    crossed_border: bool | None = None
    region: Region | None = None
    language: str | None = None
    safe_contact: SafeContact | None = None
    agrees_to_police: bool | None = None
    prs_FirstName: str | None = of_standard("prs_FirstName")
    prs_SecondName: str | None = of_standard("prs_SecondName")
    prs_Birthdate: date | None = of_standard("prs_Birthdate")
    prs_Gender: str | None = of_standard("prs_Gender")
    prs_Citizenship: str | None = of_standard("prs_Citizenship")
    prs_IdentityNumber: str | None = of_standard("prs_IdentityNumber")
    prs_MobilePhone: str | None = of_standard("prs_MobilePhone")
    channel_hours: Hours | None = Field(default=None)


_NO_FACTS = frozenset({"channel", "channel_hours", "source", "anonymous", "child_suspected", "htcds"})
"""What a call has before anybody has stated anything."""
_CHOICES = {
    "language": choices.languages,
    "prs_Citizenship": choices.countries,
    "prs_Gender": choices.of_field("prs_Gender"),
    "vic_TypeOfExploitation": choices.of_field("vic_TypeOfExploitation"),
    "vic_MethodsOfControl": choices.of_field("vic_MethodsOfControl"),
    "safe_contact.language": choices.message_languages,
}


def _sends(typed: Typed) -> tuple[str, Mapping[str, Any]]:
    """The report as the API takes it: citizenships are several. Invalid `no_fact` where it states nothing at all."""
    body = forms.body(questions(Call, frozenset(_CHOICES)) or [], typed)
    record = body.get("htcds", {})
    if not body.keys() - _NO_FACTS and not record:
        raise Invalid("no_fact", "Nothing is stated.", faults=[Fault("body.account", "no_fact", "write one fact")])
    if "prs_Citizenship" in record:
        record["prs_Citizenship"] = [record["prs_Citizenship"]]
    return "", body


REPORTS = List(
    "/reports",
    "/api/reports",
    a.ReportAnswer,
    shown(a.ReportAnswer, "case_ref:ref status:tag:case channel region age_group exploitation reported_at:since"),
    filters={"status": MACHINE.states},
    opens="/reports/{id}",
    begins=(Start("/reports/new", "page.new_report", Form(model=Call, sends=_sends, choices=_CHOICES)),),
    machine=MACHINE,
)
REPORT = Object(
    "/reports/{report_id}",
    "/api/reports/{report_id}",
    a.ReportAnswer,
    MACHINE,
    back="/reports",
    person=shown(a.ReportAnswer, "age_group language"),
    cards=(
        Facts(
            "report",
            shown(
                a.ReportAnswer,
                "received_by:agency source anonymous channel channel_hours region exploitation reported_at recorded_at"
                " agrees_to_police closed_because",
            ),
        ),
    ),
    has_past=False,
    parts={"case": "/cases/{case_id}", "pass_on": "/cases/{case_id}/offer_holder"},
    parts_by_act={"pass_on": ("offer_holder",)},
    grave=("close_report",),
    sent_to={"close_report": "closing"},
    forms={"register": replace(SAME_PERSON, beside=shown(a.ReportAnswer, "channel region exploitation"))},
    elsewhere={"attach": ""},
)
