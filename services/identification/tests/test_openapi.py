"""The document of the API, as a reader meets it."""

from chassis.testing import ServiceUnderTest


def test_every_body_with_a_required_field_carries_an_example(identification: ServiceUnderTest) -> None:
    """What a reader of the page can send as it stands."""
    document = identification.app.openapi()
    schemas = document["components"]["schemas"]
    bodies = {
        body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path in document["paths"].values()
        for operation in path.values()
        if (body := operation.get("requestBody"))
    }
    assert len(bodies) > 20
    assert [
        name for name in sorted(bodies) if schemas[name].get("required") and not schemas[name].get("examples")
    ] == []
