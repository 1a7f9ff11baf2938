"""The OpenAPI page of the service. Made-up requests against it: tests/contract."""

from typing import Any

from chassis.testing import ServiceUnderTest


def test_the_main_bodies_carry_examples(identification: ServiceUnderTest) -> None:
    """What a reader of the page can send as it stands."""
    schemas: dict[str, Any] = identification.app.openapi()["components"]["schemas"]
    plain = {"Act", "NewAge", "SafeContact"}
    bodies = {name for name in schemas if name.startswith("New") or name in {"Against", "Reading", "Attachment"}}
    assert {name for name in bodies - plain if not schemas[name].get("examples")} == set()
