"""Finds the programs of an API server, or builds them once from the modules that go.mod pins."""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError, LabUnavailableError

MODULE = Path(__file__).parent
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager")
KUBERNETES, ETCD = "k8s.io/kubernetes", "go.etcd.io/etcd/server/v3"
# Two idle cores need 9 minutes with nothing cached; a build that runs longer has gone wrong, or has
# no time left for the tests themselves.
BUILD_SECONDS = 40 * 60
WHAT = "A Kubernetes API server"
FOLDER_VARIABLE = "KUBEBUILDER_ASSETS"
_REQUIRED = re.compile(r"^\s*(\S+) v(\S+)(?: // indirect)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the three programs are."""

    folder: Path

    def path(self, name: str) -> str:
        """The program's whole path."""
        return str(self.folder / name)

    @property
    def missing(self) -> tuple[str, ...]:
        """Those that are not there."""
        return tuple(name for name in PROGRAMS if not os.access(self.folder / name, os.X_OK))


def read_versions() -> dict[str, str]:
    """Releases that go.mod pins, by module and without their `v`."""
    return dict(_REQUIRED.findall((MODULE / "go.mod").read_text(encoding="utf-8")))


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where built programs are kept: one folder for each set of modules and kind of machine."""
    start = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    pinned = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    digest = hashlib.sha256(pinned).hexdigest()[:12]
    release = read_versions()[KUBERNETES]
    return Path(start, "la1r", "apiserver", f"{release}-{platform.machine()}-{digest}")


def find_programs(environment: Mapping[str, str] = os.environ) -> Programs:
    """The programs of KUBEBUILDER_ASSETS where that is set, else those that were built.

    Raises LabUnavailableError, with what is missing and what to do about it.
    """
    given = environment.get(FOLDER_VARIABLE)
    programs = Programs(Path(given) if given else cache_folder(environment))
    if not programs.missing:
        return programs
    names = ", ".join(programs.missing)
    if given:
        # What others call complete has no controller manager; without one, quotas are never
        # counted and namespaces never go, and tests would pass or fail for no reason.
        lack = f"{FOLDER_VARIABLE} names {given}, which has no {names}"
        raise LabUnavailableError([lack], WHAT)
    raise LabUnavailableError([f"no {names}; `make tools` builds them where Go is"], WHAT)


def build_programs(seconds: float = BUILD_SECONDS) -> Programs:
    """Build what is missing from the pinned modules, at low priority, once for all checkouts.

    Raises LabUnavailableError where Go is missing, LabError when the build fails or takes longer
    than `seconds`.
    """
    programs = Programs(cache_folder())
    with _only_one_builds(programs.folder):
        if programs.missing:
            _build(programs.folder, seconds)
    return programs


@contextmanager
def _only_one_builds(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _build(folder: Path, seconds: float) -> None:
    if shutil.which("go") is None:
        raise LabUnavailableError(["there is no Go to build it with"], WHAT)
    # Beside its place, so that one rename puts it there whole.
    work = Path(tempfile.mkdtemp(prefix="building-", dir=folder.parent))
    try:
        _compile(work, seconds)
        shutil.rmtree(folder, ignore_errors=True)
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _compile(folder: Path, seconds: float) -> None:
    release = read_versions()[KUBERNETES]
    major, minor, _ = release.split(".")
    stamps = {"gitVersion": f"v{release}", "gitMajor": major, "gitMinor": minor}
    # Without them it would call itself v0.0.0 to clients that ask.
    flags = " ".join(f"-X k8s.io/component-base/version.{key}={stamps[key]}" for key in stamps)
    deadline = time.monotonic() + seconds
    build = ["nice", "go", "build", "-mod=readonly", "-trimpath", "-ldflags", f"-s -w {flags}"]
    for name, package in (
        ("etcd", ETCD),
        *((name, f"{KUBERNETES}/cmd/{name}") for name in PROGRAMS[1:]),
    ):
        _run_go([*build, "-o", str(folder / name), package], deadline - time.monotonic())


def _run_go(command: list[str], seconds: float) -> None:
    environment = {**os.environ, "CGO_ENABLED": "0"}
    try:
        done = subprocess.run(
            command,
            cwd=MODULE,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=max(seconds, 0),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LabError(f"`{' '.join(command)}` took too long and was stopped") from error
    if done.returncode:
        raise LabError(f"`{' '.join(command)}` failed:\n{done.stderr.strip()[-2000:]}")
