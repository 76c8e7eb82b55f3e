"""A topology says what is wrong with it, and the la1r lab is the network of Pulumi.lab.yaml."""

from ipaddress import ip_network
from typing import Any

import pytest
import yaml

from lab.la1r import describe_la1r
from lab.topology import Machine, Segment, Topology, TopologyError, host, plug
from tests.source_tree import REPOSITORY

LAN = Segment("lan")


def _describe(*machines: Machine) -> Topology:
    return Topology("example", (LAN,), machines)


def test_a_topology_is_a_few_lines() -> None:
    topology = _describe(host("one", "lan", "192.0.2.1/24"), host("two", "lan"))

    assert [topology["one"].interfaces[0].asks, topology["two"].interfaces[0].asks] == [False, True]


@pytest.mark.parametrize(
    ("machines", "problem"),
    [
        pytest.param([], "no machine at all", id="nothing"),
        pytest.param([host("a", "wan")], "a/eth0: no segment 'wan', only lan", id="no segment"),
        pytest.param([host("a", "lan"), host("a", "lan")], "machine a: 2 times", id="one name"),
        pytest.param([host("A b", "lan")], "machine 'A b': no host name", id="no host name"),
        pytest.param(
            [Machine("a", (plug("e" * 16, "lan"),))], "more than 15 characters", id="a long name"
        ),
        pytest.param(
            [Machine("a", (plug("mgmt0", "lan"),))], "a/mgmt0: the lab makes", id="the lab's own"
        ),
        pytest.param(
            [Machine("a", (plug("e", "lan"), plug("e", "lan")))],
            "a: interface e: 2 times",
            id="one interface",
        ),
        pytest.param(
            [host("a", "lan", "192.0.2.1/24"), host("b", "lan", "192.0.2.1/24")],
            "address 192.0.2.1 in lan: 2 times",
            id="one address",
        ),
        pytest.param(
            [
                Machine(name, (plug("e", "lan", mac="02:00:00:00:00:01"),), managed=False)
                for name in "ab"
            ],
            "MAC 02:00:00:00:00:01 in lan: 2 times",
            id="one MAC",
        ),
        pytest.param(
            [host(f"a{number}", "lan") for number in range(254)],
            "254 machines, but the management segment has 253 addresses",
            id="too many",
        ),
    ],
)
def test_a_topology_that_cannot_be_built_is_refused(machines: list[Machine], problem: str) -> None:
    with pytest.raises(TopologyError) as refused:
        _describe(*machines)

    assert problem in str(refused.value)


def test_every_mistake_of_a_topology_is_said_at_once() -> None:
    with pytest.raises(TopologyError) as refused:
        _describe(host("a", "x"), host("a", "y"))

    assert len(refused.value.problems) == 3


def test_equal_addresses_in_different_segments_are_fine() -> None:
    machines = (host("a", "one", "192.168.1.1/24"), host("b", "two", "192.168.1.1/24"))

    topology = Topology("example", (Segment("one"), Segment("two")), machines)

    assert topology["b"] is machines[1]


def test_a_hardware_address_stays_when_other_machines_come() -> None:
    machine = host("b", "lan")

    assert machine.mac_of("eth0") == "02:f2:d6:1d:88:b7"


@pytest.fixture(scope="module")
def sites() -> dict[str, Any]:
    """Read what Pulumi.lab.yaml says of its sites."""
    text = (REPOSITORY / "Pulumi.lab.yaml").read_text(encoding="utf-8")
    sites: dict[str, Any] = yaml.safe_load(text)["config"]["la1r:sites"]
    return sites


def test_every_device_of_the_stack_stands_in_the_lab(sites: dict[str, Any]) -> None:
    topology = describe_la1r()
    missing = [
        f"{site}-{name}"
        for site, described in sites.items()
        for name, device in described["devices"].items()
        if not _is_like(topology[f"{site}-{name}"], device)
    ]

    assert not missing


def _is_like(machine: Machine, device: dict[str, Any]) -> bool:
    """Say whether a machine has the device's address, or the MAC for which it is reserved."""
    if "mac" in device:
        return any(i.asks and i.mac == device["mac"] for i in machine.interfaces)
    addresses = {str(a.ip) for i in machine.interfaces for a in i.addresses}
    return device.get("address") in addresses | {None}


def test_routers_of_the_stack_have_their_interfaces_in_the_lab(sites: dict[str, Any]) -> None:
    topology = describe_la1r()
    for site, described in sites.items():
        for name, device in described["devices"].items():
            machine = topology[f"{site}-{name}"]
            plugged = {i.name: [str(a.ip) for a in i.addresses] for i in machine.interfaces}
            for interface, wanted in device.get("interfaces", {}).items():
                addresses = wanted.get("addresses", plugged[interface])

                assert plugged[interface] == addresses, f"{machine.name}/{interface}"


def test_dialable_sites_have_their_endpoint_on_the_internet(sites: dict[str, Any]) -> None:
    topology = describe_la1r()
    endpoints = {site["circuit"].get("endpoint") for site in sites.values()} - {None}
    on_the_internet = {
        str(address.ip)
        for machine in topology.machines
        for interface in machine.interfaces
        for address in interface.addresses
        if interface.segment == "internet"
    }

    assert endpoints == {"203.0.113.2", "203.0.113.3"}
    assert endpoints <= on_the_internet


def test_three_lans_are_one_range() -> None:
    ranges = {
        interface.segment: str(ip_network(address.network))
        for machine in describe_la1r().machines
        for interface in machine.interfaces
        for address in interface.addresses
    }

    assert [ranges[f"{site}-lan"] for site in ("home", "external", "barn")] == [
        "192.168.1.0/24"
    ] * 3
