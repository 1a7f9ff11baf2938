"""Who reads identities signs in with a second factor (ADR 36): the realm and the rights name the same roles."""

from local_stack.realm_declared import declaration

from ..conftest import SERVICES


def test_the_realm_demands_a_code_of_the_roles_that_read_identities() -> None:
    readers = set(SERVICES["identification"].rights["read_identity"]) & set(declaration()["people"])
    assert set(declaration()["second_factor"]) == readers
    assert len(readers) < len(declaration()["people"])
