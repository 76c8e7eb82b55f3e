"""Accidents with a whole network: each ends in one that works, and `up` converges."""

import time

import pytest

from lab.probe import Verdict, send_probes, tcp
from lab.project import LabProject, find_device
from tests.deployment.conftest import deploy, replace_by_blank, travel, works

pytestmark = [pytest.mark.slow, pytest.mark.root]

NOTHING = "Nothing to do: everything is deployed as described."
KEY = "/etc/la1r/keys/wg-mesh.key"


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


@pytest.mark.parametrize("host_key", ["another host key", "its host key"])
def test_a_far_router_that_was_replaced_is_healed_by_one_run(
    project: LabProject, host_key: str
) -> None:
    """Also where an engine sees no change: the disk is new, and the host key was put back."""
    deploy(project)
    travel(project)
    replace_by_blank(project, "external-gateway", keeps_host_key=host_key.startswith("its"))
    deploy(project)

    assert works(project)
    assert NOTHING in project.up().stdout


@pytest.mark.parametrize("stripped", ["external/gateway", "home/gateway"])
def test_a_router_that_was_stripped_comes_back_with_the_next_run(
    project: LabProject, stripped: str
) -> None:
    """Also where the only way to others leads through it: their tunnels find the key they know."""
    deploy(project)
    travel(project)
    gone = project.la1r("strip", stripped, "--yes")
    ruleset = project.lab[stripped.replace("/", "-")].run("nft", "list", "ruleset")
    cut_off = not works(project)
    deploy(project)

    assert gone.returncode == 0, gone.stderr
    assert "la1r" not in ruleset
    assert cut_off
    assert works(project)
    assert NOTHING in project.up().stdout


def test_key_files_that_are_gone_come_back_and_no_tunnel_falls(project: LabProject) -> None:
    """Also at sites that only their tunnel reaches: a new key there would cut its own way."""
    deploy(project)
    travel(project)
    routers = [project.lab[f"{site}-gateway"] for site in ("home", "external", "attic")]
    before = [router.run("cat", KEY) for router in routers]
    for router in routers:
        router.run("rm", KEY)
    deploy(project)

    assert [router.run("cat", KEY) for router in routers] == before
    assert works(project)
    assert NOTHING in project.up().stdout


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
