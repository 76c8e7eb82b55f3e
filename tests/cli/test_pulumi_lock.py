"""Whether a run that took a lock still lives is decided only where it can be seen."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.pulumi_lock import Fate, Holder, find_fate, is_of_refusal, read_holders, say_refusal

HERE = socket.gethostname()
START_SECONDS = 10.0
REFUSAL = """\
error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or \
delete the lock file with `pulumi cancel`.
  file:///srv/la1r-state/.pulumi/locks/organization/la1r/prod/1.json: created by paul@frodo (pid \
4711) at 2026-11-26T09:09:21Z
  s3://state/.pulumi/locks/organization/la1r/prod/2.json?region=eu-central-1: created by \
ci@big-raver (pid 12) at 2026-11-26T10:09:21+01:00
"""


@contextmanager
def running(program: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose program has that name."""
    path = folder / program
    shutil.copy(shutil.which("sleep") or "", path)
    process = subprocess.Popen([path, "600"])
    try:
        await_name(process.pid, program)
        yield process
    finally:
        process.kill()
        process.wait()


def await_name(process: int, name: str) -> None:
    """The kernel writes a new program's name down only after it has told that it could start it."""
    comm = Path(f"/proc/{process}/comm")
    deadline = time.monotonic() + START_SECONDS
    while comm.read_text().strip() != name and time.monotonic() < deadline:
        time.sleep(0.01)


def holder(process: int, host: str = HERE) -> Holder:
    return Holder("somebody", host, process, "2026-11-26T09:09:21Z")


def test_a_refusal_names_every_holder() -> None:
    assert read_holders(REFUSAL) == (
        Holder("paul", "frodo", 4711, "2026-11-26T09:09:21Z"),
        Holder("ci", "big-raver", 12, "2026-11-26T10:09:21+01:00"),
    )
    assert all(is_of_refusal(line) for line in REFUSAL.splitlines())
    assert not is_of_refusal("error: update failed")


def test_a_run_that_lives_holds_its_lock(tmp_path: Path) -> None:
    with running("pulumi", tmp_path) as process:
        assert find_fate(holder(process.pid)) is Fate.LIVES


def test_a_process_that_has_ended_is_gone(tmp_path: Path) -> None:
    with running("pulumi", tmp_path) as process:
        process.kill()
        process.wait()

        assert find_fate(holder(process.pid)) is Fate.GONE


def test_a_dead_process_that_nobody_collects_is_gone(tmp_path: Path) -> None:
    with running("pulumi", tmp_path) as process:
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert find_fate(holder(process.pid)) is Fate.GONE


def test_another_program_with_the_number_of_the_run_is_no_proof_of_life(tmp_path: Path) -> None:
    with running("editor", tmp_path) as process:
        assert find_fate(holder(process.pid)) is Fate.GONE


def test_what_happens_on_another_machine_is_not_known(tmp_path: Path) -> None:
    with running("editor", tmp_path) as process:
        assert find_fate(holder(process.pid, "frodo")) is Fate.UNKNOWN


@pytest.mark.root
@pytest.mark.slow
def test_a_run_in_a_container_is_known_by_its_number_in_there(tmp_path: Path) -> None:
    shutil.copy(shutil.which("sleep") or "", tmp_path / "pulumi")
    words = ("unshare", "--pid", "--fork", "--kill-child", tmp_path / "pulumi", "600")
    with subprocess.Popen(words) as container:
        try:
            children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
            while "pulumi" not in name_of_child(children):
                assert container.poll() is None

            # Number 1 of this namespace is another program.
            assert find_fate(holder(1)) is Fate.LIVES
        finally:
            container.kill()
    assert find_fate(holder(1)) is Fate.GONE


def name_of_child(children: Path) -> str:
    (child,) = children.read_text().split() or [""]
    return Path("/proc", child, "comm").read_text() if child else ""


@pytest.mark.parametrize(
    ("fate", "way_out"),
    [
        pytest.param(Fate.LIVES, "Wait until that has ended, and run again", id="lives"),
        pytest.param(Fate.UNKNOWN, "by `pulumi cancel --stack prod`", id="not known"),
    ],
)
def test_who_stands_in_the_way_is_told_with_the_way_out(fate: Fate, way_out: str) -> None:
    told = say_refusal("prod", {holder(4711, "frodo"): fate})

    assert "somebody@frodo (process 4711, since 2026-11-26T09:09:21Z)" in told
    assert way_out in told
