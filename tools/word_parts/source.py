"""Codes that stand in the source only: of refusals, of reasons against an act, of faults of fields."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_PLACES = ("libs/[cs]*/src/**/*.py", "services/*/src/**/*.py")
Function = ast.FunctionDef | ast.AsyncFunctionDef

_CODE = re.compile(r"^[a-z][a-z0-9_]*$")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_REFUSING = {"NotPossible", "Invalid", "DomainError", "Refusal", "Unauthenticated", "_invalid"}
_FAULTS = {"Fault": 1, "_Refused": 0, "Unreachable": 1, "_listed": 2}
"""Calls that name a field's fault, and which of their arguments is its code."""
_UNSENT = {"Withhold": 0, "NotTaken": 0, "give_up": 2, "postpone": 3}
"""Calls of notify that name such a reason, and which of their arguments it is."""
_AUDITING = {"audit", "_audit", "audit_stay", "record_read"}
_CHECK = re.compile(r"(?P<column>\w+) in \((?P<codes>[^)]*)\)")
_WHY = re.compile(r"refus|why|_fault$|gate|^of_others$|^no_duty")
_LIST = "identification.domain.actions"
_CHECKED = "identification.domain."
"""What the checks of these modules refuse, the list of actions of a case answers as reasons."""
_OTHERS = {"shelter.domain.fit", "casework.submissions", "exchange.use_cases.submissions"}
"""Their refusals are codes of a place, or of what an agency's system sent."""


class Source:
    """All modules of libraries and services, parsed once."""

    def __init__(self, top: Path) -> None:
        paths = (path for place in _PLACES for path in sorted(top.glob(place)))
        self._trees = {_module(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
        self._nodes = {module: list(ast.walk(tree)) for module, tree in self._trees.items()}
        self._parameters = {
            word
            for path in top.glob("services/*/src/*/[ip]*.yaml")
            for word in _WORD.findall(path.read_text(encoding="utf-8"))
        }
        self._named = dict(self._constants())
        self._subscripts: set[str] = set()
        for _, call in self._calls():
            if _name(call) in _REFUSING:
                self._subscripts |= {
                    argument.value.id
                    for argument in call.args
                    if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name)
                }

    def refusals(self) -> Iterator[tuple[str, str]]:
        """(code, module) of every problem that an API can answer."""
        for module, call in self._calls():
            name = _name(call)
            if (name in _REFUSING or (name == "__init__" and len(call.args) > 1)) and call.args:
                yield from ((code, module) for code in self._values(call.args[0]))
        for module, tree in self._trees.items():
            for name, value in _assignments(tree):
                if isinstance(value, ast.Dict) and (name in self._subscripts or "CONSTRAINT" in name):
                    yield from ((code, module) for code in self._explained(value))

    def faults(self) -> Iterator[tuple[str, str]]:
        """(code, module) of every fault that names a field."""
        for module, call in self._calls():
            place = _FAULTS.get(_name(call))
            if place is not None and len(call.args) > place:
                yield from ((code, module) for code in self._values(call.args[place]))
        for module, function in self._functions():
            if function.name == "_faults":
                pairs = (node for node in ast.walk(function) if isinstance(node, ast.Tuple))
                yield from ((code, module) for pair in pairs if pair.elts for code in self._values(pair.elts[0]))

    def reasons(self) -> Iterator[tuple[str, str]]:
        """(code, module) of every reason that a list of actions, or a gate, answers."""
        for module, tree in self._trees.items():
            if module in _OTHERS:
                continue
            if module.startswith(_CHECKED):
                checks = (
                    node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) == "NotPossible"
                )
                yield from ((code, module) for check in checks for code in self._values(check.args[0]))
            if module == _LIST:
                yield from ((code, module) for _, value in _assignments(tree) for code in self._values(value))
            for node in self._nodes[module]:
                if isinstance(node, Function) and (_WHY.search(node.name) or module == _LIST):
                    yield from ((code, module) for code in self._returned(node))
                elif isinstance(node, ast.Call) and _name(node) == "Possible" and len(node.args) > 2:
                    yield from ((code, module) for code in self._values(node.args[2]))
                elif isinstance(node, ast.Call) and _name(node) == "setdefault" and len(node.args) > 1:
                    yield from ((code, module) for code in self._values(node.args[1]))

    def audited(self) -> Iterator[tuple[str, str]]:
        """(action, module) of every act or read that goes into the audit under a name of its own."""
        for module, call in self._calls():
            if _name(call) in _AUDITING or (_name(call) == "record" and "audit" in ast.unparse(call.func)):
                yield from ((code, module) for argument in call.args for code in self._values(argument))

    def message_reasons(self) -> Iterator[tuple[str, str]]:
        """(code, module) of every reason why a message waits or was not sent (NO-2)."""
        for module, call in self._calls():
            place = _UNSENT.get(_name(call))
            if place is not None and len(call.args) > place:
                yield from ((code, module) for code in self._values(call.args[place]))

    def lists(self) -> Iterator[tuple[str, str]]:
        """(code, list) of every closed list that a module of a service names, e.g. `Category = Literal[…]`."""
        for module, tree in self._trees.items():
            for name, value in _assignments(tree):
                if isinstance(value, ast.Subscript) and ast.unparse(value.value) == "Literal":
                    yield from ((code, f"{module}.{name}") for code in _strings(value.slice))

    def checks(self) -> Iterator[tuple[str, str, str]]:
        """(column, code, module) of every closed list that a table checks, e.g. `kind in ('declined', 'revoked')`."""
        for module, call in self._calls():
            if _name(call) == "CheckConstraint" and (found := _CHECK.fullmatch(ast.unparse(call.args[0]).strip("\"'"))):
                yield from ((found["column"], code, module) for code in _WORD.findall(found["codes"]))

    def words(self) -> set[str]:
        """Every string of the source and of its parameters: a code may be one of them."""
        constants = (node for nodes in self._nodes.values() for node in nodes if isinstance(node, ast.Constant))
        return {node.value for node in constants if isinstance(node.value, str)} | self._parameters

    def _calls(self) -> Iterator[tuple[str, ast.Call]]:
        for module, nodes in self._nodes.items():
            yield from ((module, node) for node in nodes if isinstance(node, ast.Call))

    def _functions(self) -> Iterator[tuple[str, Function]]:
        for module, nodes in self._nodes.items():
            yield from ((module, node) for node in nodes if isinstance(node, Function))

    def _constants(self) -> Iterator[tuple[str, str]]:
        for tree in self._trees.values():
            for name, value in _assignments(tree):
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.match(value.value):
                    yield name, value.value

    def _values(self, node: ast.AST | None) -> Iterator[str]:
        """The codes that an expression can be: both branches of a choice, the value of a constant's name."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.match(node.value):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from (code for part in (node.body, node.orelse) for code in self._values(part))
        elif isinstance(node, ast.BoolOp):
            yield from (code for part in node.values for code in self._values(part))
        elif isinstance(node, ast.Name) and node.id.isupper() and node.id in self._named:
            yield self._named[node.id]
        elif isinstance(node, ast.Dict):
            yield from (code for part in node.values for code in self._values(part))
        elif isinstance(node, ast.DictComp):
            yield from self._values(node.value)
        elif isinstance(node, ast.Lambda):
            yield from self._values(node.body)
        elif isinstance(node, ast.BinOp):
            yield from (code for part in (node.left, node.right) for code in self._values(part))
        elif isinstance(node, ast.Call):
            wanted = {"fromkeys": 1, "Gate": 2, "Refusal": 0}.get(_name(node))
            if wanted is not None and len(node.args) > wanted:
                yield from self._values(node.args[wanted])

    def _returned(self, function: Function) -> Iterator[str]:
        """The codes that a function returns or collects in a mapping."""
        for node in ast.walk(function):
            if isinstance(node, ast.Return | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Yield):
                yield from self._values(node.value)

    def _explained(self, table: ast.Dict) -> Iterator[str]:
        """Of `code: sentence` the code; of `constraint: (code, sentence)` too."""
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(value, ast.Tuple):
                yield from self._values(value.elts[0])
            elif not isinstance(value, ast.Dict):
                yield from self._values(key)


def _module(path: Path) -> str:
    return path.as_posix().rpartition("/src/")[2].removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _name(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The module's own names."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value
