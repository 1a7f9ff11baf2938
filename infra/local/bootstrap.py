"""`make setup`: from a bare machine to a checkout that can start.

Standard library only, in a syntax that an old Python reads too, so that it can name what is missing.
It makes `.venv`, installs the locked packages with hash checking, builds the static files of the staff pages where
their sources changed, then fetches and builds the Java side.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ["python3.14", "python3.13", "python3.12", "python3.11"]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed.sha256")
INSTALLER = os.path.join(ROOT, "infra", "local", "installer.lock")
REQUIREMENTS = os.path.join(ROOT, "requirements.lock")
ASSETS = os.path.join(ROOT, "libs", "staffui", "assets")
STATIC = os.path.join(ROOT, "libs", "staffui", "src", "staffui", "static")
BUILT = os.path.join(STATIC, "built.sha256")
OLDEST_NODE = 20


def end(problem, remedy):
    """Exit with what the machine lacks and the command that mends it."""
    sys.exit(f"make setup: {problem}\n  mend it with: {remedy}")


def check_machine():
    """Go on with a new enough Python, or exit with how to get one; check the other needs too."""
    if sys.version_info < OLDEST:
        for name in NEWER:
            newer = shutil.which(name)
            if newer:
                os.execv(newer, [newer, *sys.argv])  # noqa: S606 - the same script, by a newer Python
        found = ".".join(str(part) for part in sys.version_info[:3])
        end(f"Python {found} is too old, 3.11 or newer is needed", "apt-get install python3.11 python3.11-venv")
    try:
        import ensurepip
        import venv
    except ImportError:
        name = "python{}.{}-venv".format(*sys.version_info[:2])
        end("this Python has no venv", "apt-get install " + name)
    else:
        del ensurepip, venv
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not shutil.which("useradd"):
        end("PostgreSQL does not run as root, and there is no useradd to make it a user", "apt-get install passwd")


def packages():
    """Folders of our own packages."""
    found = [os.path.join(ROOT, "demo")]
    for group in ("infra", "libs", "services", "examples"):
        folder = os.path.join(ROOT, group)
        found += [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    return [folder for folder in found if os.path.exists(os.path.join(folder, "pyproject.toml"))]


def wanted():
    """A digest of everything that defines what is installed."""
    digest = hashlib.sha256(sys.version.encode())
    for path in [INSTALLER, REQUIREMENTS, *(os.path.join(folder, "pyproject.toml") for folder in packages())]:
        with open(path, "rb") as content:
            digest.update(path.encode() + content.read())
    return digest.hexdigest()


def run(*command):
    """Run one step; when it fails its own words are on the screen already."""
    environment = dict(os.environ)
    environment.setdefault("UV_HTTP_TIMEOUT", "180")
    environment["VIRTUAL_ENV"] = VENV
    code = subprocess.call(list(command), cwd=ROOT, env=environment)
    if code:
        sys.exit("make setup: {} failed".format(" ".join(command[:5])))


def install():
    """Make the environment and put in it what the locks say, and our own packages as they lie here."""
    quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if not os.path.exists(PYTHON) or subprocess.call([PYTHON, "-m", "pip", "--version"], **quiet):
        print("Making .venv", flush=True)
        run(sys.executable, "-m", "venv", "--clear", VENV)
    print("Installing the locked packages", flush=True)
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    run(*pip, "--require-hashes", "-r", INSTALLER)
    uv = [os.path.join(VENV, "bin", "uv"), "pip", "install", "--quiet", "--python", PYTHON, "--no-deps"]
    run(*uv, "--require-hashes", "-r", REQUIREMENTS)
    ours = [argument for folder in packages() for argument in ("--editable", folder)]
    run(*uv, "--no-build-isolation", *ours)
    print(f"Installed: {len(packages())} packages of ours and those that requirements.lock names", flush=True)


def assets():
    """A digest of everything from which the static files of the staff pages are made."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(ASSETS):
        folders[:] = sorted(name for name in folders if name != "node_modules")
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as content:
                digest.update(os.path.relpath(path, ASSETS).encode() + content.read())
    return digest.hexdigest()


def check_node():
    """Go on with Node and npm that are new enough, or exit with how to get them."""
    if not (shutil.which("node") and shutil.which("npm")):
        end("the staff pages are built with node and npm, which are not here", "apt-get install nodejs npm")
    found = subprocess.check_output(["node", "--version"]).decode().strip()
    if int(found.lstrip("v").split(".")[0]) < OLDEST_NODE:
        remedy = "apt-get install nodejs npm, of Debian 13 or newer"
        end(f"node {found} is too old, {OLDEST_NODE} or newer is needed", remedy)


def build():
    """Make the styles, fonts and script of the staff pages by the locked packages; nothing is fetched later."""
    check_node()
    print("Building the static files of the staff pages", flush=True)
    run("npm", "ci", "--prefix", ASSETS, "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    run("node", os.path.join(ASSETS, "build.mjs"))
    if not shutil.which("chromium"):
        print("No chromium: the tests of the staff pages need it (apt-get install chromium)", flush=True)


def read(path):
    """The text of a stamp; None where there is none."""
    if not os.path.exists(path):
        return None
    with open(path) as stamp:
        return stamp.read()


def once(stamp, digest, step):
    """Do a step whose result is not there or was made from something else."""
    if read(stamp) != digest:
        step()
        with open(stamp, "w") as file:
            file.write(digest)


def main():
    """Do what is left to do; nothing when all is there."""
    check_machine()
    once(STAMP, wanted(), install)
    once(BUILT, assets(), build)
    run(PYTHON, "-m", "local_stack", "setup")


if __name__ == "__main__":
    main()
