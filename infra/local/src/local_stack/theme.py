"""The look of the realm's own pages: `infra/keycloak/theme`, with the styles and fonts of the staff pages.

Styles, fonts and words become part of it when it is installed, so that each stands in one place of the source.
"""

import csv
import json
from hashlib import sha256
from pathlib import Path

from local_stack.names import DECLARATIONS, ROOT, StackError

NAME = "himaya"
LANGUAGES = ("az", "en", "ru")
SOURCE = DECLARATIONS / "keycloak" / "theme"
STATIC = ROOT / "libs" / "staffui" / "src" / "staffui" / "static"
WORDS = SOURCE / "words.csv"


def words() -> dict[str, dict[str, str]]:
    """The texts of each language by the key that Keycloak or a page of ours has for them."""
    with WORDS.open(encoding="utf-8", newline="") as rows:
        read = list(csv.DictReader(rows))
    return {language: {row["key"]: row[language] for row in read} for language in LANGUAGES}


def files() -> dict[str, bytes]:
    """The theme by path below its folder.

    Raises:
        StackError: The styles of the staff pages were not built.
    """
    if not (STATIC / "manifest.json").exists():
        raise StackError("the styles of the staff pages were not built: make setup")
    styles = str(json.loads((STATIC / "manifest.json").read_text())["staff.css"])
    found = {path.name: path.read_bytes() for path in sorted(SOURCE.iterdir()) if path != WORDS}
    found["theme.properties"] += f"styles=css/{styles}\n".encode()
    fonts = sorted(path.name for path in STATIC.glob("*.woff2"))
    found |= {f"resources/css/{name}": (STATIC / name).read_bytes() for name in (styles, *fonts)}
    return found | {f"messages/messages_{name}.properties": _messages(texts) for name, texts in words().items()}


def _messages(texts: dict[str, str]) -> bytes:
    """As Java reads them: an apostrophe is two (MessageFormat)."""
    lines = (f"{key}={text.replace(chr(39), chr(39) * 2)}" for key, text in texts.items())
    return "\n".join(("# encoding: UTF-8", *lines, "")).encode()


def fingerprint() -> str:
    """Another one for another content."""
    digest = sha256()
    for path, content in sorted(files().items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def install(themes: Path) -> None:
    """Put the theme into a Keycloak's folder of themes, and take out what is no longer part of it."""
    folder, wanted = themes / NAME / "login", files()
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if str(path.relative_to(folder)) not in wanted:
            path.unlink()
    for name, content in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
