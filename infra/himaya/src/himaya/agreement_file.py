"""The file of an agreement: its content, and the line of each fault."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import yaml
from nrm_events.taking_part import AgencyKind
from pydantic import JsonValue

from himaya.platform import Refused

_NO_KIND = ("missing", "literal_error")
OF_AGREEMENT = ("agency", "title", "kind", "edition", "from", "until", "legal", "may_say", "tells")
OF_LINE = ("event", "fields", "ground", "field", "purpose", "legal")
_KINDS = f"what the agency is, one of: {', '.join(get_args(AgencyKind))}"


class AgreementFile:
    """A file as `services/exchange/src/exchange/agreements/*.yaml`; the exchange decides whether it is right."""

    def __init__(self, path: Path) -> None:
        """Refused: it cannot be read, or is no YAML of one agreement."""
        self._path = path
        try:
            text = path.read_text(encoding="utf-8")
            content = _plain(yaml.safe_load(text))
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
            if twice := next(_keys_twice(self._root), None):
                raise Refused(f"{path}:{twice.start_mark.line + 1}: {twice.value} stands here a second time")
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f":{mark.line + 1}" if mark else ""
            raise Refused(f"{path}{where}: no YAML: {getattr(error, 'problem', None) or 'see there'}") from None
        except (ValueError, RecursionError) as error:
            raise Refused(f"{path}: a value is none that an agreement can have: {error}") from None
        if not isinstance(content, dict):
            raise Refused(f"{path}: not an agreement: it begins with `agency: CODE`")
        self.content = content

    def explained(self, refused: Refused) -> Refused:
        """The refusal, with each fault's line and field."""
        lines = [self._line(fault) for fault in refused.faults]
        return Refused("\n".join([str(refused), *lines]), refused.status)

    def _line(self, fault: Mapping[str, str]) -> str:
        path = fault.get("where", "").removeprefix("body").strip(".").split(".")
        place = f"{self._path}:{_line_of(self._root, path)}: {'.'.join(path)}"
        return f"  {place}: {fault.get('code')}: {_message(path, fault)}"


def _message(path: Sequence[str], fault: Mapping[str, str]) -> str:
    """The exchange's sentence; of an unknown field or kind the list of what there is."""
    if path == ["kind"] and fault.get("code") in _NO_KIND:
        return _KINDS
    if fault.get("code") == "extra_forbidden":
        known = OF_LINE if path[0] == "tells" and len(path) > 1 else OF_AGREEMENT
        return f"there is no such field; there are {', '.join(known)}"
    return fault.get("message", "")


def _keys_twice(node: yaml.Node | None) -> Iterator[yaml.Node]:
    """Keys that a mapping has already; YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _keys_twice(value)
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _keys_twice(item)


def _plain(value: object) -> JsonValue:
    """As JSON has it: days and what else JSON does not know as text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number")
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _line_of(node: yaml.Node | None, path: Sequence[str]) -> int:
    """The line of the deepest part of the path that is there."""
    line = node.start_mark.line + 1 if node else 1
    for step in path:
        found = _below(node, step)
        if found is None:
            break
        line, node = found
    return line


def _below(node: yaml.Node | None, step: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
        value = node.value[int(step)]
        return value.start_mark.line + 1, value
    return None
