"""The realm's own pages in our look: words of three languages, no fault of axe, nothing from elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from local_stack import theme
from local_stack.keycloak_server import base, issuer
from local_stack.realm_clients import pages_address, pages_client
from local_stack.state import State, secret
from playwright.sync_api import Browser, Page, sync_playwright
from staffui.pictures import CHROMIUM, WIDTHS
from staffui.testing_look import AXE, BROKEN, LAYOUT

from .conftest import PASSWORD

in_chromium = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium: apt-get install chromium")
PERSON = "ngo-clrpl.caseworker"
TITLES = {
    "sign in": {"az": "Daxil olun", "en": "Sign in", "ru": "Вход в систему"},
    "code": {"az": "Birdəfəlik kodu yazın", "en": "Enter the one-time code", "ru": "Введите одноразовый код"},
    "set-up": {
        "az": "Telefonda kod tətbiqini qurun",
        "en": "Set up the code app on your phone",
        "ru": "Настройте приложение для кодов на телефоне",
    },
    "sign out": {"az": "Çıxış", "en": "Sign out", "ru": "Выход"},
    "error": {"az": "Davam etmək mümkün olmadı", "en": "This did not work", "ru": "Продолжить не удалось"},
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def elsewhere() -> list[str]:
    """Addresses outside the realm that a page loads, and what the console states."""
    return []


@pytest.fixture
def page(chromium: Browser, stack: State, elsewhere: list[str]) -> Iterator[Page]:
    context = chromium.new_context()
    opened = context.new_page()
    ours = (f"{base(stack)}/", "data:")
    opened.on("request", lambda one: None if one.url.startswith(ours) else elsewhere.append(one.url))
    opened.on("console", lambda message: elsewhere.append(message.text))
    yield opened
    context.close()


def sign_in_address(stack: State, language: str) -> str:
    query = {
        "client_id": pages_client("shelter"),
        "redirect_uri": f"{pages_address(stack, 'shelter')}/signed-in",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    return f"{issuer(stack)}/protocol/openid-connect/auth?{urlencode(query)}"


def is_whole(page: Page, title: str, language: str) -> None:
    """The page has its title, our typeface and colour, and axe finds nothing at either width."""
    assert page.locator("h1").inner_text() == title
    assert page.locator("html").get_attribute("lang") == language
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].some(one => one.family.includes('Noto Sans') && one.status == 'loaded')")
    assert page.evaluate("getComputedStyle(document.querySelector('.app-bar')).backgroundColor") == "rgb(11, 93, 102)"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(LAYOUT) + page.evaluate(BROKEN) == []


def type_password(page: Page, person: str, password: str) -> None:
    page.fill("#username", person)
    page.fill("#password", password)
    page.click("button[name=login]")


@in_chromium
@pytest.mark.parametrize("language", theme.LANGUAGES)
def test_password_and_code_are_typed_into_our_pages(
    page: Page, stack: State, elsewhere: list[str], language: str
) -> None:
    page.goto(sign_in_address(stack, language))
    is_whole(page, TITLES["sign in"][language], language)
    type_password(page, PERSON, secret(stack, "people", PERSON))
    is_whole(page, TITLES["code"][language], language)
    page.click("button[name=login]")
    is_whole(page, TITLES["code"][language], language)
    assert page.locator("#otp-error").inner_text().endswith(theme.words()[language]["invalidTotpMessage"])
    assert elsewhere == []


@in_chromium
@pytest.mark.parametrize("language", theme.LANGUAGES)
def test_a_second_factor_is_set_up_on_our_page(
    page: Page, stack: State, elsewhere: list[str], newcomer: str, language: str
) -> None:
    page.goto(sign_in_address(stack, language))
    type_password(page, newcomer, PASSWORD)
    is_whole(page, TITLES["set-up"][language], language)
    page.click("main ol a")
    is_whole(page, TITLES["set-up"][language], language)
    assert len(page.locator("#kc-totp-secret-key").inner_text().replace(" ", "")) >= 32
    assert elsewhere == []


@in_chromium
@pytest.mark.parametrize("language", theme.LANGUAGES)
def test_signing_out_is_confirmed_on_our_page(page: Page, stack: State, elsewhere: list[str], language: str) -> None:
    page.goto(sign_in_address(stack, language))
    page.goto(f"{issuer(stack)}/protocol/openid-connect/logout?ui_locales={language}")
    is_whole(page, TITLES["sign out"][language], language)
    assert elsewhere == []


@in_chromium
@pytest.mark.parametrize("language", theme.LANGUAGES)
def test_a_language_is_chosen_and_stays_for_an_error(page: Page, stack: State, language: str) -> None:
    page.goto(sign_in_address(stack, "en" if language == "az" else "az"))
    page.click(f"footer li[lang={language}] a")
    is_whole(page, TITLES["sign in"][language], language)
    page.goto(f"{issuer(stack)}/protocol/openid-connect/auth?client_id=nobody")
    is_whole(page, TITLES["error"][language], language)


def test_every_word_is_there_in_each_language_with_the_same_places() -> None:
    words = theme.words()
    assert {len(texts) for texts in words.values()} == {len(words["az"])}
    for key, text in words["az"].items():
        for language in theme.LANGUAGES:
            assert words[language][key].strip(), (key, language)
            assert re.findall(r"\{\d}", words[language][key]) == re.findall(r"\{\d}", text), (key, language)


def test_every_word_of_our_pages_is_ours() -> None:
    sources = [path.read_text(encoding="utf-8") for path in theme.SOURCE.glob("*.ftl")]
    used = {key for source in sources for key in re.findall(r'msg\("([A-Za-z0-9.]+)"\)', source)}
    assert len(used) > 20
    assert used - set(theme.words()["az"]) == set()
    own = {key for key in theme.words()["az"] if key.startswith("himaya.") and "language." not in key}
    assert own - used == set()


def test_an_installed_theme_is_replaced_whole(tmp_path: Path) -> None:
    theme.install(tmp_path)
    folder = tmp_path / theme.NAME / "login"
    styles = re.findall(r"^styles=(.+)$", (folder / "theme.properties").read_text(), re.M)
    assert [(folder / "resources" / one).exists() for one in styles] == [True]
    (folder / "template.ftl").write_text("another")
    (folder / "resources" / "css" / "old.css").write_text("")
    theme.install(tmp_path)
    assert (folder / "template.ftl").read_bytes() == (theme.SOURCE / "template.ftl").read_bytes()
    assert not (folder / "resources" / "css" / "old.css").exists()
