"""What is shown over HTTP. Which house it is, is shown to its own agency only (SH-7).

Fields of a part that the viewer's basis does not give are absent, not null (rights.py, `read_…`).
"""

from pydantic.json_schema import SkipJsonSchema

Absent = SkipJsonSchema[None]
"""Beside the type of a field: it may be absent, and is never null where it is there."""
