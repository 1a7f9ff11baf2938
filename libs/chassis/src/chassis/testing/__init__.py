"""What tests of every service share: databases, the application on them, people with tokens of the demo realm.

PostgreSQL, Keycloak and Kafka are the real ones of the test stack (`make test` starts it).
"""

from chassis.testing.databases import Databases
from chassis.testing.people import Person, person_token, service_token
from chassis.testing.service import ServiceUnderTest, bench
from chassis.testing.stack import Stack
from chassis.testing.statements import statements

__all__ = ["Databases", "Person", "ServiceUnderTest", "Stack", "bench", "person_token", "service_token", "statements"]
