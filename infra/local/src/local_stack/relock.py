"""Writing `jars.lock` anew after a change of version: `python -m local_stack.relock`.

Kafka stands first and no logging BOM is in the endpoint: with one, jgo took older Kafka clients for the whole set.
"""

import hashlib
import tempfile
from pathlib import Path

from local_stack.artifacts import FETCH_TIMEOUT_SECONDS, LOCK

ENDPOINT = (
    "org.apache.kafka:kafka_2.13:4.3.1",
    "org.apache.kafka:kafka-tools:4.3.1",
    "org.slf4j:slf4j-simple:1.7.36",  # the slf4j of this Kafka is 1.7
)
KEYCLOAK = "org.keycloak:keycloak-quarkus-dist:26.7.0"

HEADER = """\
# What runs Kafka and Keycloak, by coordinates and SHA-256; written by `python -m local_stack.relock`.
# group:artifact:version[:packaging] sha256
"""


def main() -> None:
    """Resolve, fetch and hash everything; one to three minutes."""
    from jgo.maven import Artifact, Dependency, MavenContext, PythonResolver

    with tempfile.TemporaryDirectory() as folder:
        resolver = PythonResolver()
        context = MavenContext(
            repo_cache=Path(folder), local_repos=[], resolver=resolver, timeout=FETCH_TIMEOUT_SECONDS
        )

        def artifact(coordinates: str, packaging: str = "jar") -> Artifact:
            group, name, version = coordinates.split(":")
            return context.project(group, name).at_version(version).artifact(packaging=packaging)

        inputs, transitive = resolver.resolve([Dependency(artifact(one)) for one in ENDPOINT])
        lines = []
        for found in [*(one.artifact for one in [*inputs, *transitive]), artifact(KEYCLOAK, "tar.gz")]:
            sha256 = hashlib.sha256(Path(found.resolve()).read_bytes()).hexdigest()
            component = found.component
            coordinates = f"{component.groupId}:{component.artifactId}:{component.resolved_version}"
            packaging = "" if coordinates != KEYCLOAK else ":tar.gz"
            lines.append(f"{coordinates}{packaging} {sha256}\n")
    LOCK.write_text(HEADER + "".join(lines))


if __name__ == "__main__":
    main()
