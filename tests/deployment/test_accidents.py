"""Accidents with a whole network: each ends in one that works, and `up` converges."""

import signal
import subprocess
import time

import pytest

from lab.commands import end_process, start_command
from lab.machine import View
from lab.probe import Verdict, send_probes, tcp
from lab.project import STACK, LabProject, find_device
from tests.deployment.conftest import deploy, travel

pytestmark = [pytest.mark.slow, pytest.mark.root]

NOTHING = "Nothing to do: everything is deployed as described."


def works(project: LabProject) -> bool:
    """Whether two equal LANs, a relay and a one-armed site are reached."""
    probes = (
        tcp("home-pc", "10.200.2.50", 9999, "external-nas"),
        tcp("attic-pc", "192.168.5.5", 80, "home-server"),
        tcp("home-pc", "10.200.4.50", 22, "barn-pi"),
    )
    found = send_probes(project.lab, probes, patience=5)
    return {each.verdict for each in found.values()} == {Verdict.OPEN}


def begin(project: LabProject) -> subprocess.Popen[str]:
    """Start a deployment that the test will kill."""
    environment = [f"{name}={value}" for name, value in project.surroundings.items()]
    words = (*project.words, "up", "--stack", STACK, "--yes", "--engine", project.engine)
    operator = project.lab["operator"].enter(View.NETWORK)
    return start_command([*operator, "env", "-i", *environment, *words])


def kill_after(project: LabProject, steps: int) -> bool:
    """Kill a deployment as it says the end of a step; says whether it came to so many."""
    process = begin(project)
    try:
        assert process.stderr is not None
        ended = (line for line in process.stderr if ": created" in line)
        for number, _ in enumerate(ended, 1):
            if number == steps:
                process.send_signal(signal.SIGKILL)
                return True
        return False
    finally:
        end_process(process)


def test_a_deployment_that_is_killed_at_any_step_converges(fresh: LabProject) -> None:
    """From nothing, by one run after the other, each killed a few steps after the last one.

    The Pulumi CLI leaves a lock behind, which `pulumi cancel` takes away.
    """
    kills = 0
    while kill_after(fresh, steps=1 + kills % 4):
        kills += 1
    deploy(fresh)
    travel(fresh)

    assert kills > 5
    assert works(fresh)
    assert NOTHING in fresh.up().stdout


def test_a_router_that_was_replaced_is_healed_with_all_who_are_still_reached(
    project: LabProject,
) -> None:
    deploy(project)
    travel(project)
    replace_by_blank(project, "home-gateway")
    healed = project.up()
    said = healed.stdout + healed.stderr
    again = project.up("--without", "attic/gateway", "--without", "barn/pi")
    direct = tcp("home-pc", "10.200.2.50", 9999, "external-nas")

    assert "home/gateway  has nothing in force" in said
    assert "Left out: attic/gateway and barn/pi" in said
    assert healed.returncode == 1
    assert again.returncode == 0, again.stdout + again.stderr
    assert send_probes(project.lab, (direct,), 5)[direct].verdict is Verdict.OPEN


def test_a_far_router_that_was_replaced_is_healed_by_one_run(project: LabProject) -> None:
    deploy(project)
    travel(project)
    replace_by_blank(project, "external-gateway")
    deploy(project)

    assert works(project)
    assert NOTHING in project.up().stdout


def replace_by_blank(project: LabProject, machine: str) -> None:
    """Put a new computer in a router's place: another host key, and nothing of la1r."""
    blank = project.lab[machine]
    gone = "/etc/la1r /var/lib/la1r /etc/init.d/la1r* /etc/rc*.d/*la1r* /lab/host_key*"
    key = "ssh-keygen -q -t ed25519 -N '' -f /lab/host_key && chmod 600 /lab/host_key"
    blank.run("sh", "-c", f"rm -rf {gone} && {key}")
    blank.reboot()
    public = " ".join(blank.run("cat", "/lab/host_key.pub").split()[:2])
    device = machine.replace("-", "/", 1)
    project.change(lambda config: find_device(config, device)["manage"].update(host_key=public))


def test_while_a_site_is_unreachable_no_device_is_changed(project: LabProject) -> None:
    deploy(project)
    before = states(project)
    project.lab["barn-pi"].stop()
    project.change(
        lambda config: config["la1r:flows"].append(
            {"from": "external.lan", "to": "barn.lan", "ports": ["tcp/22"], "why": "another way"}
        )
    )
    refused = project.up()
    after = states(project)
    without = project.up("--without", "barn/pi")

    assert refused.returncode == 1
    assert "barn/pi" in refused.stdout
    assert after == before
    assert without.returncode == 0, without.stdout + without.stderr
    assert states(project) != before


def states(project: LabProject) -> list[str]:
    """Which generation and keys are in force, by device."""
    return [
        project.lab[name].run("cat", "/etc/la1r/confirmed")
        for name in ("home-gateway", "home-server", "external-gateway", "attic-gateway")
    ]


def test_another_address_of_management_is_moved_to(project: LabProject) -> None:
    """The far router is dialled at its public address, and from now on through the mesh."""
    deploy(project)
    project.change(lambda config: find_device(config, "external/gateway")["manage"].pop("host"))
    deploy(project)

    assert NOTHING in project.up().stdout


def test_power_that_fails_everywhere_brings_the_same_network_back(project: LabProject) -> None:
    deploy(project)
    travel(project)
    for name in ("home-gateway", "external-gateway", "attic-gateway", "barn-pi", "home-server"):
        project.lab[name].reboot()
    deadline = time.monotonic() + 60
    while not (back := works(project)) and time.monotonic() < deadline:
        time.sleep(1)

    assert back


def test_a_port_that_both_ends_of_the_only_tunnel_must_change_is_refused(
    project: LabProject,
) -> None:
    deploy(project)
    travel(project)
    before = states(project)
    project.change(
        lambda config: config["la1r:vpn"].update(backbone={"cidr": "10.8.0.0/24", "port": 51821})
    )
    refused = project.up()

    assert refused.returncode == 2
    assert (
        "the port of home/gateway changes from 51820 to 51821, and attic/gateway is reached by that"
        " tunnel alone"
    ) in " ".join((refused.stdout + refused.stderr).split())
    assert states(project) == before
    assert works(project)
