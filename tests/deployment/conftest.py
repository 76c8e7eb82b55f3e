"""Gives tests the whole stack `lab`, deployed to a running lab by the product's own command."""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

import pytest

from components.connection import find_way_in
from lab.agent import run_agent
from lab.commands import Completed
from lab.demands import find_lacks
from lab.la1r import BENCH, describe_la1r
from lab.laboratory import run_lab
from lab.machine import View
from lab.probe import Verdict, send_probes, tcp
from lab.project import (
    BENCH_HOSTS,
    BUILT_IN,
    PULUMI,
    LabProject,
    find_device,
    open_project,
    take_off_bench,
)
from lab.roadwarrior import CLIENTS, connect
from render.whole import render_network
from terms.values import DeviceRef
from tests.deployment.whole import plan_project


@pytest.fixture(scope="session")
def needs_lab() -> None:
    """Skip where no lab can run."""
    if lacks := find_lacks():
        pytest.skip(f"no router lab here: {'; '.join(lacks)}")


ENGINES = (BUILT_IN, pytest.param(PULUMI, marks=pytest.mark.cli_engine))


@pytest.fixture
def fresh(needs_lab: None) -> Iterator[LabProject]:  # noqa: ARG001 - only its skip is wanted
    """A lab on which nothing was deployed yet, for the engine that is built in."""
    with open_lab() as project:
        yield project


@pytest.fixture(params=ENGINES)
def project(
    needs_lab: None,  # noqa: ARG001 - only its skip is wanted
    request: pytest.FixtureRequest,
) -> Iterator[LabProject]:
    """A lab on which nothing was deployed yet."""
    require_engine(request.param)
    with open_lab(request.param) as project:
        yield project


def require_engine(name: str) -> None:
    """Skip where an engine is not there."""
    if name == PULUMI and which(PULUMI) is None:
        pytest.skip("pulumi not on PATH")


@pytest.fixture(scope="session", params=ENGINES)
def deployed(
    needs_lab: None,  # noqa: ARG001 - only its skip is wanted
    request: pytest.FixtureRequest,
) -> Iterator[LabProject]:
    """A lab with its whole network, far devices at their places, and road warriors connected."""
    with open_deployed(request.param) as project:
        for name in CLIENTS:
            connect(project, name)
        yield project


@pytest.fixture(scope="module", params=ENGINES)
def sound(
    needs_lab: None,  # noqa: ARG001 - only its skip is wanted
    request: pytest.FixtureRequest,
) -> Iterator[LabProject]:
    """A lab of a module's own, deployed, far devices at their places; tests leave it as sound."""
    with open_deployed(request.param) as project:
        yield project


@contextmanager
def open_lab(engine: str = BUILT_IN) -> Iterator[LabProject]:
    """Run a lab with its operator, who has a project and an SSH agent."""
    with (
        run_lab(describe_la1r()) as lab,
        run_agent(lab.client_key) as agent,
        open_project(lab, agent, engine) as project,
    ):
        yield project


@contextmanager
def open_deployed(engine: str) -> Iterator[LabProject]:
    """Run a lab with its whole network deployed, far devices at their places."""
    require_engine(engine)
    with open_lab(engine) as project:
        deploy(project)
        travel(project)
        yield project


def deploy(project: LabProject, *options: str) -> None:
    """Deploy, and show what was said if that failed."""
    done = project.up(*options)
    assert done.returncode == 0, done.stdout + done.stderr


def apply(project: LabProject, device: DeviceRef, text: str | None = None) -> Completed:
    """Bring one device to what the description says, or to another text, without an engine."""
    plan = plan_project(project)
    return project.lab["operator"].try_run(
        str(project.folder / "devices" / "apply"),
        str(device),
        text=text or render_network(plan).bundle(device),
        seconds=120,
        view=View.NETWORK,
        environment={**project.surroundings, **find_way_in(plan, device).environment},
    )


def travel(project: LabProject) -> None:
    """Take the prepared devices off the bench, and deploy to where they are now."""
    for device in BENCH_HOSTS:
        project.lab[device.replace("/", "-")].run("ip", "link", "delete", BENCH)
    project.change(take_off_bench)
    deploy(project)


def works(project: LabProject) -> bool:
    """Whether two equal LANs, a relay and a one-armed site are reached."""
    probes = (
        tcp("home-pc", "10.200.2.50", 9999, "external-nas"),
        tcp("attic-pc", "192.168.5.5", 80, "home-server"),
        tcp("home-pc", "10.200.4.50", 22, "barn-pi"),
    )
    found = send_probes(project.lab, probes, patience=5)
    return {each.verdict for each in found.values()} == {Verdict.OPEN}


def replace_by_blank(project: LabProject, machine: str, *, keeps_host_key: bool = False) -> None:
    """Put a new computer in a router's place: nothing of la1r, and as a rule another host key."""
    blank = project.lab[machine]
    blank.run("sh", "-c", "rm -rf /etc/la1r /var/lib/la1r /etc/init.d/la1r* /etc/rc*.d/*la1r*")
    if not keeps_host_key:
        key = "ssh-keygen -q -t ed25519 -N '' -f /lab/host_key && chmod 600 /lab/host_key"
        blank.run("sh", "-c", f"rm -f /lab/host_key* && {key}")
    blank.reboot()
    public = " ".join(blank.run("cat", "/lab/host_key.pub").split()[:2])
    device = machine.replace("-", "/", 1)
    project.change(lambda config: find_device(config, device)["manage"].update(host_key=public))
