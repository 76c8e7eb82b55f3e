"""A run of the Pulumi CLI that was killed is made good by the next one, without a flag."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.pulumi_cli import PulumiCli
from cli.stack import compute_whole
from cli.state import state_path
from engine.statelock import locked
from tests.cli.conftest import Command
from tests.cli.small_program import pulumi, write_program
from tests.engine.cli_engine import needs_cli

pytestmark = [
    pytest.mark.slow,
    pytest.mark.cli_engine,
    needs_cli,
    pytest.mark.usefixtures("backend"),
]

Captured = pytest.CaptureFixture[str]
SECONDS = 60
TAKEN_AWAY = "is gone, so the lock is taken away."
NOTHING = "Nothing to do: everything is deployed as described."


def kill_in_the_middle(project: Path, victim: str) -> None:
    """Kill la1r or the CLI that it drives, while a command of the program runs."""
    write_program(project, create="cat; touch begun; sleep 600; touch ended")
    words = ["la1r", "up", "--stack", "dev", "--yes"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        deadline = time.monotonic() + SECONDS
        while not (project / "begun").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.kill(process.pid if victim == "la1r" else child_of(process.pid), signal.SIGKILL)
        process.communicate(timeout=SECONDS)
    assert not (project / "ended").exists()
    write_program(project)


def child_of(process: int) -> int:
    """The CLI that a la1r drives."""
    children = Path(f"/proc/{process}/task").glob("*/children")
    found = [int(number) for listed in children for number in listed.read_text().split()]
    (cli,) = (each for each in found if Path(f"/proc/{each}/comm").read_text() == "pulumi\n")
    return cli


def locks(backend: Path) -> list[Path]:
    return sorted((backend / ".pulumi" / "locks").rglob("*.json"))


def leave_lock(backend: Path, process: int, host: str) -> Path:
    """Put a lock there as the CLI writes it."""
    folder = backend / ".pulumi" / "locks" / "organization" / "la1r" / "dev"
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "1.json"
    since = "2026-11-26T09:09:21.322302303Z"
    content = {"pid": process, "username": "paul", "hostname": host, "timestamp": since}
    lock.write_text(json.dumps(content))
    return lock


def dead_process() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen(["true"]) as process:
        pass
    return process.pid


@pytest.mark.parametrize("victim", ["la1r", "pulumi"])
def test_a_deployment_that_was_killed_converges_by_running_again(
    victim: str, la1r: Command, project: Path, backend: Path, capfd: Captured
) -> None:
    pulumi("stack", "init", "dev")
    kill_in_the_middle(project, victim)
    assert len(locks(backend)) == 1
    assert json.loads(pulumi("stack", "export"))["deployment"]["pending_operations"]

    assert la1r("up", "--yes") == Exit.FINE
    told = capfd.readouterr()
    again = la1r("up", "--yes")

    assert (told.err.count(TAKEN_AWAY), "currently locked" in told.err) == (1, False)
    assert (project / "made").exists()
    assert (again, NOTHING in capfd.readouterr().out) == (Exit.FINE, True)
    assert locks(backend) == []
    assert "pending_operations" not in json.loads(pulumi("stack", "export"))["deployment"]


@pytest.mark.parametrize("verb", ["destroy", "refresh"])
def test_every_verb_that_records_takes_the_lock_of_a_dead_run_away(
    verb: str, la1r: Command, backend: Path, capfd: Captured
) -> None:
    pulumi("stack", "init", "dev")
    assert la1r("up", "--yes") == Exit.FINE
    leave_lock(backend, dead_process(), socket.gethostname())
    cli = PulumiCli.of(compute_whole("dev"))

    came = cli.destroy(1) if verb == "destroy" else cli.refresh(1)

    assert came.ok
    assert TAKEN_AWAY in capfd.readouterr().err
    assert locks(backend) == []


def test_nothing_lies_beside_the_state_that_a_kill_could_leave_half_written(
    la1r: Command, backend: Path
) -> None:
    pulumi("stack", "init", "dev")
    for beside in backend.rglob("*.attrs"):
        beside.unlink()

    assert la1r("up", "--yes") == Exit.FINE
    assert list(backend.rglob("*.attrs")) == []


def test_an_empty_file_beside_the_state_is_told_with_the_way_out(
    la1r: Command, backend: Path, capfd: Captured
) -> None:
    pulumi("stack", "init", "dev")
    for beside in backend.rglob("dev.json.attrs"):
        beside.write_text("")

    assert la1r("up", "--yes") == Exit.WRONG_USAGE
    told = capfd.readouterr().err
    assert "says which one to take away" in told
    assert "--engine built-in" not in told


def test_the_lock_of_another_machine_stays_and_is_told_with_the_way_out(
    la1r: Command, project: Path, backend: Path, capfd: Captured
) -> None:
    pulumi("stack", "init", "dev")
    lock = leave_lock(backend, dead_process(), "frodo")

    assert la1r("up", "--yes") == Exit.RUN_FAILED
    told = capfd.readouterr().err
    assert "is locked by paul@frodo (process " in told
    assert "`pulumi cancel --stack dev`" in told
    assert locks(backend) == [lock]
    assert not (project / "made").exists()


def test_a_run_that_lives_is_waited_for_by_whoever_reads_who_it_is(
    la1r: Command, project: Path, backend: Path, capfd: Captured
) -> None:
    pulumi("stack", "init", "dev")
    write_program(project, create="cat; touch begun; until [ -e go ]; do sleep 0.1; done")
    line = ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "--stack", "dev"]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        deadline = time.monotonic() + SECONDS
        while not (project / "begun").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        refused = la1r("up", "--yes")
        held = locks(backend)
        (project / "go").touch()

    assert refused == Exit.RUN_FAILED
    assert f"(process {first.pid}, since " in capfd.readouterr().err
    assert len(held) == 1
    assert first.returncode == 0


def test_a_second_run_in_the_same_folder_is_refused_before_the_cli_is_asked(
    la1r: Command, project: Path, capfd: Captured
) -> None:
    pulumi("stack", "init", "dev")
    (project / ".la1r").mkdir()

    with locked(state_path(project, "dev")):
        refused = la1r("up", "--yes", "--engine", "pulumi")
    told = capfd.readouterr()

    assert refused == Exit.RUN_FAILED
    assert f"is being changed by the process {os.getpid()} on" in told.err
    assert told.out == ""
