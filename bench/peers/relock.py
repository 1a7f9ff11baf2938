"""Writing `debezium/jars.lock` anew after a change of version: `python -m bench.peers.relock`; one to three minutes."""

import hashlib
import tempfile
from pathlib import Path

from local_stack.artifacts import FETCH_TIMEOUT_SECONDS

from bench.peers.install import JARS

ENDPOINT = (
    "io.debezium:debezium-api:3.6.1.Final",
    "io.debezium:debezium-embedded:3.6.1.Final",
    "io.debezium:debezium-connector-postgres:3.6.1.Final",
)
COMPILER = "org.eclipse.jdt:ecj:3.44.0"  # the runtime has none of its own
HEADER = """\
# Debezium Engine, and what compiles its driver, by coordinates and SHA-256: `python -m bench.peers.relock`.
# group:artifact:version sha256
"""


def main() -> None:
    """Resolve, fetch and hash everything."""
    from jgo.maven import Artifact, Dependency, MavenContext, PythonResolver

    with tempfile.TemporaryDirectory() as folder:
        resolver = PythonResolver()
        context = MavenContext(
            repo_cache=Path(folder), local_repos=[], resolver=resolver, timeout=FETCH_TIMEOUT_SECONDS
        )

        def artifact(coordinates: str) -> Artifact:
            group, name, version = coordinates.split(":")
            return context.project(group, name).at_version(version).artifact(packaging="jar")

        inputs, transitive = resolver.resolve([Dependency(artifact(one)) for one in ENDPOINT])
        lines = []
        for found in [*(one.artifact for one in [*inputs, *transitive]), artifact(COMPILER)]:
            sha256 = hashlib.sha256(Path(found.resolve()).read_bytes()).hexdigest()
            component = found.component
            lines.append(f"{component.groupId}:{component.artifactId}:{component.resolved_version} {sha256}\n")
    JARS.write_text(HEADER + "".join(lines))


if __name__ == "__main__":
    main()
