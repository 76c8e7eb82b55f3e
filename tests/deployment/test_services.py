"""What hosts get from the routers: leases, names, a way out, and their own address on arrival."""

from ipaddress import IPv4Address

import pytest

from lab.probe import Verdict, send_probes, tcp
from lab.project import LabProject
from tests.deployment.dns import look_up

pytestmark = [pytest.mark.slow, pytest.mark.root]


def test_a_host_with_a_reservation_gets_that_address(deployed: LabProject) -> None:
    leased = deployed.lab["home-printer"].ask_for_address("eth0")

    assert leased is not None
    assert str(leased.ip) == "192.168.1.20"


@pytest.mark.parametrize(
    ("machine", "server", "name", "address"),
    [
        pytest.param("home-pc", "192.168.1.1", "server.home", "192.168.5.5", id="at its own site"),
        pytest.param(
            "home-pc", "192.168.1.1", "gateway.external", "10.200.2.1", id="equal LAN, by its alias"
        ),
        pytest.param(
            "external-nas", "192.168.1.1", "printer.home", "10.200.1.20", id="and the other way"
        ),
        pytest.param("attic-pc", "192.168.30.1", "pi.barn", "10.200.4.50", id="through a relay"),
        pytest.param("laptop", "10.8.2.1", "server.home", "192.168.5.5", id="a VPN client"),
    ],
)
def test_a_name_is_answered_as_the_asker_can_dial_it(
    deployed: LabProject, machine: str, server: str, name: str, address: str
) -> None:
    found = look_up(deployed.lab[machine], server, f"{name}.lab.internal")

    assert found == IPv4Address(address)


def test_equal_ranges_meet_by_name_and_see_each_other_s_alias(deployed: LabProject) -> None:
    printer, gateway = "printer.home.lab.internal", "gateway.external.lab.internal"
    alias = look_up(deployed.lab["external-nas"], "192.168.1.1", printer)
    there = look_up(deployed.lab["home-pc"], "192.168.1.1", gateway)
    back = tcp("external-nas", str(alias), 22, "home-printer")
    forth = tcp("home-printer", str(there), 9999, "external-gateway")
    nas = tcp("home-printer", "10.200.2.50", 9999, "external-nas")

    found = send_probes(deployed.lab, (back, forth, nas))

    assert found[back].verdict is Verdict.OPEN
    assert found[forth].answered_by == "external-gateway"
    assert found[nas].answered_by == "external-nas"
    assert {str(found[each].seen_from) for each in (forth, nas)} == {"10.200.1.20"}


def test_hosts_leave_under_the_address_of_their_uplink(deployed: LabProject) -> None:
    home = tcp("home-pc", "198.51.100.7", 80, "internet")
    external = tcp("external-pc", "198.51.100.7", 80, "internet")

    found = send_probes(deployed.lab, (home, external))

    assert [str(found[each].seen_from) for each in (home, external)] == [
        "203.0.113.2",
        "203.0.113.3",
    ]


def test_a_forward_shows_the_server_who_really_asks(deployed: LabProject) -> None:
    asked = tcp("rogue", "203.0.113.2", 8080, "home-server", 80)

    found = send_probes(deployed.lab, (asked,))[asked]

    assert (found.answered_by, str(found.seen_from)) == ("home-server", "203.0.113.166")


def test_private_destinations_do_not_come_in_by_the_uplink(deployed: LabProject) -> None:
    rogue = deployed.lab["rogue"]
    for way in ("192.168.1.0/24 via 203.0.113.2", "192.168.5.0/24 via 203.0.113.2"):
        rogue.run("ip", "route", "replace", *way.split())
    rogue.run("ip", "route", "replace", "10.200.0.0/16", "via", "203.0.113.2")
    tried = [
        tcp("rogue", "192.168.5.5", 80, "home-server"),
        tcp("rogue", "192.168.5.5", 22, "home-server"),
        tcp("rogue", "192.168.1.20", 80, "home-printer"),
        tcp("rogue", "10.200.1.20", 80, "home-printer"),
    ]

    found = send_probes(deployed.lab, tried)

    assert {each.verdict for each in found.values()} <= {Verdict.SILENT, Verdict.UNREACHABLE}
    assert {each.seen_from for each in found.values()} == {None}
