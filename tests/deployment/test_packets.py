"""Packets do what reach computes: each pair of machines, at each address, on each port."""

import pytest

from lab.probe import send_probes
from lab.project import LabProject
from tests.deployment.packets import Station, ask_all
from tests.deployment.whole import evaluate_project

pytestmark = [pytest.mark.slow, pytest.mark.root]


def find_stations(project: LabProject) -> tuple[Station, ...]:
    """Every machine that can send and answer, by the endpoint that it stands for."""
    leased = {
        name: lease(project, name) for name in ("home-pc", "external-pc", "attic-tv", "barn-pc")
    }
    return (
        Station("home-pc", "home.lan", leased["home-pc"]),
        Station("home-printer", "home/printer", 20),
        Station("home-server", "home/server"),
        Station("home-gateway", "home/gateway"),
        Station("external-nas", "external.lan", 50),
        Station("external-pc", "external.lan", leased["external-pc"]),
        Station("external-gateway", "external/gateway"),
        Station("attic-pc", "attic.lan", 10),
        Station("attic-tv", "attic.lan", leased["attic-tv"]),
        Station("attic-gateway", "attic/gateway"),
        Station("barn-pc", "barn.lan", leased["barn-pc"]),
        Station("barn-pi", "barn/pi"),
        Station("laptop", "client.laptop", 10, on_the_road=True),
        Station("phone", "client.phone", 10, on_the_road=True),
        Station("tablet", "client.tablet", 10, on_the_road=True),
        Station("rogue", "internet", outside="203.0.113.166"),
        Station("internet", "internet", outside="198.51.100.7"),
    )


def lease(project: LabProject, machine: str) -> int:
    """The end of the address that a host was given by the DHCP server of its site."""
    given = project.lab[machine].ask_for_address("eth0")
    assert given is not None, f"{machine} got no address"
    return int(given.ip) % 256


def test_packets_do_what_was_computed(deployed: LabProject) -> None:
    reach = evaluate_project(deployed)
    questions = ask_all(reach, find_stations(deployed))
    found = send_probes(deployed.lab, [each.probe for each in questions])
    wrong = [each for each in questions if not each.is_answered_by(found[each.probe])]

    assert sum(each.opens for each in questions) > 300
    assert not wrong, "\n".join(f"{each}, and it is {found[each.probe]}" for each in wrong)
