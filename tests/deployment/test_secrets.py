"""Keys and the passphrase are nowhere but where they belong; looked for by their actual values."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.project import LabProject

pytestmark = [pytest.mark.slow, pytest.mark.root]

MANAGED = ("home-gateway", "external-gateway", "attic-gateway", "barn-pi")


@pytest.fixture(scope="module")
def secrets(deployed: LabProject) -> tuple[str, ...]:
    """The secrets of the lab that tests share."""
    return read_secrets(deployed)


def read_secrets(project: LabProject) -> tuple[str, ...]:
    """Private keys and shared keys as they lie on the devices, and the passphrase."""
    found = {project.passphrase, *(key.private for key in project.clients.values())}
    for name in MANAGED:
        files = ("/etc/la1r/keys", "(", "-name", "*.key", "-o", "-name", "*.psk", ")")
        found |= set(project.lab[name].run("find", *files, "-exec", "cat", "{}", "+").split())
    assert len(found) > 12
    return tuple(sorted(found))


class Watcher:
    """Every command line and environment that was seen on this computer while it watched."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.ended = threading.Event()

    def watch(self) -> None:
        while not self.ended.is_set():
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    self.seen.add((folder / "cmdline").read_bytes().decode(errors="replace"))
                except OSError:
                    continue
            time.sleep(0.02)


@contextmanager
def watching() -> Iterator[Watcher]:
    watcher = Watcher()
    thread = threading.Thread(target=watcher.watch)
    thread.start()
    try:
        yield watcher
    finally:
        watcher.ended.set()
        thread.join()


def holds(text: str, secrets: tuple[str, ...]) -> bool:
    return any(secret in text for secret in secrets)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("preview", "--diff"), id="preview"),
        pytest.param(("preview", "--json"), id="preview as JSON"),
        pytest.param(("drift", "--json"), id="drift"),
    ],
)
def test_no_command_says_one(
    deployed: LabProject, secrets: tuple[str, ...], command: tuple[str, ...]
) -> None:
    done = deployed.la1r(*command)

    assert len(done.stdout) > 100
    assert not holds(done.stdout + done.stderr, secrets)


def test_deploying_again_says_none(deployed: LabProject, secrets: tuple[str, ...]) -> None:
    done = deployed.up("--diff")

    assert done.returncode == 0
    assert not holds(done.stdout + done.stderr, secrets)


def test_a_deployment_from_nothing_shows_none_in_its_words_or_in_any_process(
    project: LabProject,
) -> None:
    """All keys are made, and shared ones pass from one gateway through the engine to another."""
    with watching() as watcher:
        done = project.up("--diff")
    secrets = read_secrets(project)

    assert done.returncode == 0, done.stdout + done.stderr
    assert any("devices/apply" in line for line in watcher.seen)
    assert not holds(done.stdout + done.stderr, secrets)
    assert not [line for line in watcher.seen if holds(line, secrets)]


def test_the_state_and_the_views_hold_none_in_clear(
    deployed: LabProject, secrets: tuple[str, ...]
) -> None:
    drawn = [file for file in (deployed.folder / "out").rglob("*") if file.is_file()]
    state = deployed.state_file.read_text()
    files = [*drawn, deployed.state_file]

    assert len(files) > 30
    assert not [file for file in files if holds(file.read_text(errors="replace"), secrets)]
    assert re.search(r'"ciphertext"', state)


def test_only_root_reads_keys_on_a_device(deployed: LabProject) -> None:
    find = "find /etc/la1r/keys /run/la1r/wg -type f -perm /077"
    readable = [deployed.lab[name].run("sh", "-c", find) for name in MANAGED]

    assert readable == [""] * len(MANAGED)
