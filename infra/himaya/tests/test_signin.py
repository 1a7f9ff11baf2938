"""`himaya login`: a person confirms a code in a browser, and the session is this user's alone."""

import asyncio
import html
import os
import re
import sys
from pathlib import Path
from urllib.parse import urljoin

import httpx
from chassis.testing import Stack

from .conftest import Himaya


class Browser:
    """Follows redirects and keeps every cookie, secure ones too, as browsers do for this machine."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    async def go(self, method: str, address: str, form: dict[str, str] | None = None) -> httpx.Response:
        async with httpx.AsyncClient() as http:
            while True:
                cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
                page = await http.request(
                    method, address, data=form, headers={"Cookie": cookies, "Accept-Language": "en"}
                )
                http.cookies.clear()
                for line in page.headers.get_list("set-cookie"):
                    name, _, value = line.partition(";")[0].partition("=")
                    self._cookies[name] = value
                if not page.is_redirect:
                    return page
                method, address, form = "GET", urljoin(str(page.url), page.headers["location"]), None


def _action(page: httpx.Response) -> str:
    found = re.search(r'action="([^"]+)"', page.text)
    assert found, page.text
    return urljoin(str(page.url), html.unescape(found.group(1)))


async def _confirm(address: str) -> None:
    browser, password = Browser(), Stack.running().secrets["people"]["himaya.operator"]
    page = await browser.go("GET", address)
    page = await browser.go("POST", _action(page), {"username": "himaya.operator", "password": password})
    code = re.search(r'name="code" value="([^"]+)"', page.text)
    assert code, page.text
    page = await browser.go("POST", _action(page), {"code": code.group(1), "accept": "Yes"})
    assert "Successful" in page.text


async def test_a_person_signs_in_with_a_browser_and_acts_as_themself(himaya: Himaya, tmp_path: Path) -> None:
    stack = Stack.running()
    environment = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(tmp_path), "NRM_STATE": os.environ["NRM_STATE"]}
    environment |= {
        "HIMAYA_ISSUER": stack.issuer,
        "HIMAYA_SERVICES": "{}",
        "HIMAYA_KAFKA": "127.0.0.1:9",
        "HIMAYA_BUS_SECRET": "-",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "himaya", "login", env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    await _confirm(line.split()[1])
    rest = (await asyncio.wait_for(process.communicate(), 60))[0].decode()
    assert (process.returncode, rest.splitlines()[-1]) == (0, "signed in as himaya.operator")
    session = tmp_path / "himaya" / "session.json"
    assert session.stat().st_mode & 0o777 == 0o600
    assert (await himaya("bus", "parked", HIMAYA_TOKEN="")).out == "nothing is parked\n"
    assert (await himaya("logout")).code == 0
    assert not session.exists()
