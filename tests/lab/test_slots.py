"""Labs live side by side, and leave nothing of themselves on the host, however they end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import slot as slots
from lab.laboratory import run_lab
from lab.probe import Verdict, ping, send_probes
from lab.slot import KEEPER, RUNS, NoSlotError, Slot, claim_slot, sweep
from tests.lab.makers import PAIR
from tests.source_tree import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.root, pytest.mark.usefixtures("needs_lab")]

PATIENCE_SECONDS = 5
# A number that no lab is given.
NO_LAB = 9999


@dataclass(frozen=True, slots=True)
class Maker:
    """A process that made a lab, and what it said of it."""

    process: subprocess.Popen[str]
    slot: Slot
    pids: tuple[int, ...]
    child: int | None


@contextmanager
def _make(*arguments: str) -> Iterator[Maker]:
    command = [sys.executable, "-m", "tests.lab.makers", *arguments]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        slot = Slot(said["number"], RUNS / str(said["number"]))
        try:
            yield Maker(process, slot, tuple(said["pids"]), said["child"])
        finally:
            process.kill()


def _wait_until_gone(pids: tuple[int, ...]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _traces(slot: Slot) -> list[str]:
    """List what is left of a lab on the host."""
    places = [slot.folder, Path("/sys/class/net", slot.interface)]
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    found = [str(place) for place in places if place.exists()]
    return found + ["a mount"] * (str(slot.folder) + "/" in mounts)


def test_two_labs_at_once_have_nothing_in_common() -> None:
    with run_lab(PAIR) as one, run_lab(PAIR) as other:
        one["one"].stop()
        other["one"].write("/etc/which", "other")
        probe = ping("two", "192.0.2.1", "two")
        verdicts = [send_probes(lab, [probe])[probe].verdict for lab in (one, other)]
        one["one"].start()

        assert one.slot.interface != other.slot.interface
        assert not one.slot.network.overlaps(other.slot.network)
        assert verdicts == [Verdict.SILENT, Verdict.OPEN]
        assert one["one"].try_run("cat", "/etc/which").returncode == 1
        assert other.ssh("one", "cat /etc/which").stdout == "other"
        assert one.host_keys["one"] != other.host_keys["one"]


def test_nothing_runs_on_when_the_maker_is_killed_and_a_sweep_removes_the_rest() -> None:
    with _make() as maker:
        assert _traces(maker.slot)
        maker.process.kill()
        maker.process.wait()

        # The kernel does this alone: no program of ours runs any more.
        assert _wait_until_gone(maker.pids)
        sweep()

        assert _traces(maker.slot) == []


def _start_another() -> None:
    with claim_slot():
        pass


@pytest.mark.parametrize(
    "do_sweep",
    [pytest.param(sweep, id="asked for"), pytest.param(_start_another, id="by the next lab")],
)
def test_a_sweep_ends_a_lab_that_a_child_of_its_maker_keeps_alive(
    do_sweep: Callable[[], object],
) -> None:
    with _make("fork") as maker:
        assert maker.child is not None
        try:
            maker.process.kill()
            maker.process.wait()
            alive = [pid for pid in maker.pids if Path(f"/proc/{pid}").exists()]
            do_sweep()
        finally:
            os.kill(maker.child, signal.SIGKILL)

        assert alive == list(maker.pids)
        assert _wait_until_gone(maker.pids)
        assert _traces(maker.slot) == []


def test_a_sweep_leaves_living_labs_alone() -> None:
    with _make() as maker:
        assert maker.slot.number not in sweep()
        assert all(Path(f"/proc/{pid}").exists() for pid in maker.pids)
        maker.process.terminate()
        maker.process.wait(PATIENCE_SECONDS)

        assert _traces(maker.slot) == []


def test_a_sweep_kills_no_stranger_who_was_given_the_keeper_s_number() -> None:
    abandoned = Slot(NO_LAB, RUNS / str(NO_LAB))
    abandoned.disks.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (abandoned.folder / KEEPER).write_text(f"{stranger.pid} 1", encoding="ascii")
        sweep()
        lives = stranger.poll() is None
        stranger.kill()

    assert lives
    assert not abandoned.folder.exists()


def test_a_network_that_the_host_uses_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with claim_slot() as first:
        in_use = first.network
    monkeypatch.setattr(slots, "_list_host_networks", lambda: [in_use])

    with claim_slot() as other:
        assert other.network != in_use


def test_no_free_network_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "_list_host_networks", lambda: [slots.MANAGEMENT_POOL])

    with pytest.raises(NoSlotError, match="None of the 256 networks"), claim_slot():
        pass


def test_the_command_shows_a_lab_and_takes_it_down_when_it_is_asked_to_end() -> None:
    command = [sys.executable, "-m", "lab", "up"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = list(iter(process.stdout.readline, "The end of the lab:    Ctrl-C\n"))
        # Not Ctrl-C: a run in the background of a shell ignores it.
        process.terminate()
        rest = process.stdout.read()

    assert lines[0].startswith("20 machines up in ")
    assert any("home-gateway" in line and "203.0.113.2/24" in line for line in lines)
    assert rest.strip() == "The lab is down."
    assert process.returncode == 0
