"""A deployment that is killed, at any boundary of its steps: the next one needs no flag."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.connection import find_way_in
from lab.commands import end_process, start_command
from lab.machine import View
from lab.probe import Verdict, send_probes, tcp
from lab.project import STACK, Description, LabProject
from terms.values import DeviceRef
from tests.deployment.conftest import deploy, replace_by_blank, travel, works
from tests.deployment.gate import SECONDS, Gate, build_gate
from tests.deployment.whole import plan_project

pytestmark = [pytest.mark.slow, pytest.mark.root]

NOTHING = "Nothing to do: everything is deployed as described."
# What the operator's side does on one device when its files change: each before and after.
STEPS = ("ready", "stage", "activate", "confirm")
PAUSE = 0.02
SESSION_SECONDS = 240.0
# More than there are resources: who takes none of them further does not come to an end.
MOST_KILLS = 60
WHY = "a port that changes each time"
BOUNDARIES = {f"{when} {step}" for step in STEPS for when in ("before", "after")}


@contextmanager
def deploying(project: LabProject) -> Iterator[subprocess.Popen[str]]:
    """Run a deployment that is killed at the end of the block, whatever it has come to."""
    environment = [f"{name}={value}" for name, value in project.surroundings.items()]
    words = (*project.words, "up", "--stack", STACK, "--yes", "--engine", project.engine)
    operator = project.lab["operator"].enter(View.NETWORK)
    into_file = ("sh", "-c", 'exec "$@" >"$0" 2>&1', str(told(project)))
    process = start_command([*operator, "env", "-i", *environment, *into_file, *words])
    try:
        yield process
    finally:
        end_process(process)


def told(project: LabProject) -> Path:
    """What a deployment says that is killed."""
    return project.folder.parent / "told"


def kill_after(project: LabProject, steps: int) -> bool:
    """Kill a deployment as it says the end of a step; says whether it came to so many."""
    told(project).write_text("")
    with deploying(project) as process:
        while process.poll() is None:
            said = told(project).read_text()
            if said.count(": created") + said.count(" created (") >= steps:
                return True
            time.sleep(PAUSE)
    return False


def wait_until_it_works(project: LabProject) -> None:
    """An end whose new peer was undone, and made again, has lost the session that the other keeps.

    Who only dials ends it after REJECT_AFTER_TIME (180 s), and cannot be dialled before that.
    """
    deadline = time.monotonic() + SESSION_SECONDS
    while not works(project) and time.monotonic() < deadline:
        time.sleep(1)


def test_a_first_deployment_that_is_killed_again_and_again_converges(project: LabProject) -> None:
    """Each run is killed a few steps after the one before."""
    kills = 0
    while kills < MOST_KILLS and kill_after(project, steps=1 + kills % 4):
        kills += 1
    deploy(project)
    wait_until_it_works(project)
    travel(project)

    assert 5 < kills < MOST_KILLS
    assert works(project)
    assert NOTHING in project.up().stdout


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """A gate that stands before the ssh of the operator."""
    gate = build_gate(tmp_path / "gate")
    monkeypatch.setenv("PATH", f"{gate.folder}:{gate.path}")
    return gate


def test_a_change_that_is_killed_at_any_boundary_is_made_by_the_next_run(
    project: LabProject, gate: Gate
) -> None:
    """Whatever outlives the kill goes on while the next run begins."""
    deploy(project)
    travel(project)
    while kill_at_next_boundary(project, gate):
        deploy(project)

        assert works(project), gate.seen
        assert NOTHING in project.up().stdout, gate.seen

    assert gate.seen == BOUNDARIES


def test_a_router_that_restarts_in_the_middle_gets_its_change_from_the_next_run(
    project: LabProject, gate: Gate
) -> None:
    """Meanwhile a second deployment is refused, and told who is first."""
    deploy(project)
    travel(project)
    project.change(reserve_an_address)
    gate.shut("after activate 203.0.113.3")
    with deploying(project) as process:
        assert gate.await_stop(process), told(project).read_text()
        second = project.up()
        project.lab["external-gateway"].reboot()
        gate.open()
        first = process.wait(SECONDS)
    deploy(project)

    assert (first, second.returncode) == (1, 1)
    assert "restarted before the change was confirmed" in told(project).read_text()
    assert "is being changed by the process" in second.stderr
    assert works(project)
    assert NOTHING in project.up().stdout


def test_a_replaced_router_that_has_its_files_when_the_run_is_killed_gets_its_keys(
    project: LabProject, gate: Gate
) -> None:
    """By then its key, and stand-ins for those of others, are in force, and no engine knows it."""
    deploy(project)
    travel(project)
    replace_by_blank(project, "home-gateway", keeps_host_key=True)
    gateway = find_way_in(plan_project(project), DeviceRef.parse("home/gateway"))
    gate.shut(f"after confirm {gateway.environment['LA1R_HOST']}")
    with deploying(project) as process:
        assert gate.await_stop(process), told(project).read_text()
    gate.open()
    again = project.up("--without", "attic/gateway", "--without", "barn/pi")
    direct = tcp("home-pc", "10.200.2.50", 9999, "external-nas")

    assert again.returncode == 0, again.stdout + again.stderr
    assert "home/gateway  has another key for wg-mesh than before" in again.stdout
    assert "home/gateway  does not know the keys of its peers any more" in again.stdout
    assert send_probes(project.lab, (direct,), 5)[direct].verdict is Verdict.OPEN


def reserve_an_address(config: Description) -> None:
    """Change a router at a public address, and nothing that the way to others needs."""
    dhcp = config["la1r:sites"]["external"]["prefixes"]["lan"]["dhcp"]
    dhcp["reservations"] = {"scanner": {"mac": "02:00:00:00:02:21", "address": "192.168.1.21"}}


def open_another_port(config: Description) -> None:
    """Change the rules of two sites; the operator reaches one of them through the mesh alone."""
    flows = config["la1r:flows"]
    if flows[-1]["why"] != WHY:
        flows.append({"from": "external.lan", "to": "barn.lan", "ports": ["tcp/1000"], "why": WHY})
    number = int(flows[-1]["ports"][0].removeprefix("tcp/"))
    flows[-1]["ports"] = [f"tcp/{number + 1}"]


def kill_at_next_boundary(project: LabProject, gate: Gate) -> bool:
    """Begin a change, and kill it where none was killed before, if there is such a place."""
    project.change(open_another_port)
    gate.shut()
    with deploying(project) as process:
        stopped = gate.await_stop(process)
    gate.open()
    return stopped
