"""The source files that are looked at, parsed once."""

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SOURCES = ("libs/*/src", "services/*/src", "infra/*/src", "demo/src")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Prose:
    """A text that people read: its first line in the file, and its words."""

    line: int
    text: str


@dataclass(frozen=True)
class Source:
    """One file; `path` is relative to the checkout, e.g. `services/fund/src/fund/app.py`."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def package(self) -> str:
        """Its top-level package."""
        return self.path.partition("src/")[2].partition("/")[0].removesuffix(".py")

    @property
    def module(self) -> tuple[str, ...]:
        """The names below the package: (`use_cases`, `claims`)."""
        return tuple(self.path.partition("src/")[2].removesuffix(".py").split("/")[1:])

    @property
    def is_service(self) -> bool:
        return self.path.startswith("services/")

    @property
    def functions(self) -> Iterator[tuple[Function, bool]]:
        """Each function, with whether its first parameter is `self` or `cls`."""
        methods = {
            child
            for node in self.nodes
            if isinstance(node, ast.ClassDef)
            for child in node.body
            if isinstance(child, Function) and not any(last_name(d) == "staticmethod" for d in child.decorator_list)
        }
        for node in self.nodes:
            if isinstance(node, Function):
                yield node, node in methods

    @cached_property
    def docstrings(self) -> list[Prose]:
        """Those of modules, classes and functions, and the strings below a constant or a field that explain it."""
        return [
            Prose(node.lineno, inspect.cleandoc(node.value.value))
            for node in self.nodes
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        ]

    @cached_property
    def comments(self) -> list[Prose]:
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [
            Prose(token.start[0], token.string.lstrip("# "))
            for token in tokens
            if token.type == tokenize.COMMENT and not re.match(r"#\s*(noqa|type:)", token.string)
        ]

    @cached_property
    def errors(self) -> list[Prose]:
        """Texts in a `raise`, and the sentences of CONSTRAINTS: what people get to read when something is refused."""
        found = {}
        for node in self.nodes:
            part = node.exc if isinstance(node, ast.Raise) else _constraints(node)
            for inner in ast.walk(part) if part else ():
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and " " in inner.value:
                    found[inner.lineno, inner.col_offset] = Prose(inner.lineno, inner.value)
        return list(found.values())


def _constraints(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Assign) and any(last_name(target) == "CONSTRAINTS" for target in node.targets):
        return node.value
    return node.value if isinstance(node, ast.AnnAssign) and last_name(node.target) == "CONSTRAINTS" else None


def last_name(node: ast.AST) -> str:
    """The last name of an expression: `router.post(...)` is `post`, `chassis.access.visible` is `visible`."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def read(root: Path) -> list[Source]:
    """Every file of ours but migrations, which never change."""
    paths = [path for pattern in SOURCES for folder in root.glob(pattern) for path in folder.rglob("*.py")]
    return [
        Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(paths)
        if not re.search(r"/migrations/v\d", path.as_posix())
    ]
