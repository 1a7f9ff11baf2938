"""Several consents on one page, shown before they are saved; signed in at the real realm, without a script (I7)."""

import html

from chassis.testing import ServiceUnderTest
from staffui.testing import Browser

from .givens import AGREED, NGO, an_open_case, seen

FILLED = {
    "line.0.recipient": "mia-special",
    "line.0.purpose": "referral",
    "line.0.data_class": ["identity"],
    "line.2.recipient": "vac",
    "line.2.purpose": "reintegration",
    "line.2.data_class": ["case_reference", "needs"],
    "when": "now",
    **AGREED,
    "language": "ru",
    "interpreter": "true",
}


async def test_consents_are_shown_in_the_person_s_language_before_they_are_saved(
    paged: ServiceUnderTest, desk: Browser
) -> None:
    """ID-12: what each recipient may read and do, in the words of the API; only what was seen is saved, at once."""
    case = await an_open_case(paged, language="ru")
    path = f"/cases/{case['id']}/consent/record_consent"
    form = await desk.sign_in(NGO, to=path)
    shown = await desk.post(path, form, {**FILLED, "preview": "yes"})
    words = html.unescape(shown.text)
    purposes = (await paged.person(NGO).get_ok("/api/consent-purposes"))["items"]
    centre = next(one for one in purposes if one["purpose"] == "reintegration")
    assert '<div lang="ru">' in shown.text
    assert all(sentence in words for sentence in (*centre["reads"]["ru"], *centre["does"]["ru"]))
    assert not (await seen(paged, case))["consents"]

    changed = await desk.post(path, shown, {**FILLED, "line.2.data_class": ["contact"]})
    assert str(changed.url).endswith("/record_consent"), "what was changed is shown again before it is saved"
    assert not (await seen(paged, case))["consents"]

    saved = await desk.post(path, changed, {**FILLED, "line.2.data_class": ["contact"]})
    assert str(saved.url).endswith("/consent")
    found = {(one["recipient"], one["data_class"], one["interpreter"]) for one in (await seen(paged, case))["consents"]}
    assert found == {("mia-special", "identity", True), ("vac", "contact", True)}


async def test_a_half_empty_line_is_named(paged: ServiceUnderTest, desk: Browser) -> None:
    """What is missing is named beside its own line, also after an empty one; nothing typed is lost."""
    case = await an_open_case(paged)
    path = f"/cases/{case['id']}/consent/record_consent"
    form = await desk.sign_in(NGO, to=path)
    refused = await desk.post(path, form, {**FILLED, "line.2.data_class": []})
    assert refused.status_code == 422
    assert 'href="#line-2-data-class"' in refused.text
    nothing = await desk.post(path, form, {"when": "now", **AGREED})
    assert 'href="#line-0-recipient"' in nothing.text
