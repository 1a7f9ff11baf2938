"""Consents of a line: who agrees, how, in which language, by which text (ID-12)."""

from datetime import datetime

from player.answers import Json
from player.caseload import Line
from player.scene import Scene

_TEXT = "consent-1"
_WITHOUT_INTERPRETER = ("az", "ru", "en", "tr", None)


def informed(line: Line) -> Json:
    """In which language the person was informed, with an interpreter or without."""
    return {"language": line.language or "az", "interpreter": line.language not in _WITHOUT_INTERPRETER}


async def record(scene: Scene, step: str, at: datetime, **grant: str) -> None:
    """Record a consent; `grant` names recipient, purpose and class of data."""
    desk = scene.by(scene.desk, "identification")
    await desk.act(step, f"/api/cases/{scene.case_id}/consents", at, **grant, **details(scene))


def details(scene: Scene) -> Json:
    """Who agrees, and how. For a child it is the guardianship authority, with the child's view."""
    child = {"given_by": "guardianship_authority", "child_view": "agrees"}
    return {
        **(child if scene.is_child else {"given_by": "person"}),
        "how": "telephone" if scene.line.channel == "hotline" else "in_person",
        "text_version": _TEXT,
        **informed(scene.line),
    }
