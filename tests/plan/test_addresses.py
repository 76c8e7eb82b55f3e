"""Where addresses lie: prefixes, interfaces, hosts, routers and gateways."""

from ipaddress import IPv4Address

import pytest

from plan.addresses import build_addresses
from plan.model import Addresses, InterfaceKind
from terms.values import DeviceRef
from tests.plan.examples import barn, house, pair, read
from tests.plan.networks import Raw, managed


def _site(**changes: object) -> Addresses:
    return build_addresses(read({"sites": {"home": house(**changes)}}))


def _interfaces(device: Raw, **site: object) -> list[tuple[str, str, str | None, list[str]]]:
    """Name, kind, segment and addresses of the interfaces of a device called `box`."""
    planned = _site(devices={"box": device}, **site)
    return [
        (i.name, i.kind.value, i.segment, [str(address) for address in i.addresses])
        for i in planned.interfaces
    ]


def test_a_prefix_is_seen_from_elsewhere_by_its_alias() -> None:
    effective = {p.reference: str(p.effective) for p in build_addresses(read(pair())).prefixes}

    assert effective["home.lan"] == "10.200.1.0/24"
    assert effective["home.servers"] == "192.168.5.0/24"


def test_a_prefix_lies_on_a_segment_of_its_own_name_and_its_gateway_is_the_router() -> None:
    lan = next(p for p in _site().prefixes if p.name == "lan")

    assert (lan.segment, lan.gateway) == ("lan", IPv4Address("192.168.1.1"))


def test_a_host_keeps_its_offset_in_the_alias() -> None:
    hosts = {(h.site, h.name): h for h in build_addresses(read(pair())).hosts}

    assert hosts["barn", "pi"].effective == IPv4Address("10.200.2.50")
    assert hosts["home", "server"].effective == IPv4Address("192.168.5.5")


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        pytest.param(
            managed(role="server", address="192.168.5.5"),
            [("eth0", "port", "servers", ["192.168.5.5/24"])],
            id="an address alone is on eth0",
        ),
        pytest.param(
            managed(role="server", address="192.168.5.5", interfaces={"end0": {}}),
            [("end0", "port", "servers", ["192.168.5.5/24"])],
            id="an address alone is on the only port there is",
        ),
        pytest.param(
            managed(
                role="router", address="192.168.1.1", interfaces={"wan0": {"uplink": True}, "a": {}}
            ),
            [("a", "port", "lan", ["192.168.1.1/24"]), ("wan0", "uplink", None, [])],
            id="the uplink is no port for it",
        ),
        pytest.param(
            managed(role="server", interfaces={"eth0": {"addresses": ["192.168.5.5"]}}),
            [("eth0", "port", "servers", ["192.168.5.5/24"])],
            id="an address says which segment its port is on",
        ),
        pytest.param(
            managed(
                role="server",
                interfaces={"eth0": {"addresses": ["192.168.5.5", "192.168.1.5"]}},
            ),
            [("eth0", "port", "servers", ["192.168.5.5/24", "192.168.1.5/24"])],
            id="a port keeps every address written on it",
        ),
        pytest.param(
            {"role": "endpoint", "segment": "lan"}, [], id="no address and no port is no interface"
        ),
        pytest.param(
            {"role": "switch", "address": "192.168.1.2", "interfaces": {"p1": {}, "p2": {}}},
            [("eth0", "port", "lan", ["192.168.1.2/24"])],
            id="ports of a switch carry frames only",
        ),
    ],
)
def test_an_address_is_on_the_interface_it_is_meant_for(
    device: Raw, expected: list[tuple[str, str, str | None, list[str]]]
) -> None:
    assert _interfaces(device) == expected


def test_a_tagged_segment_gets_a_vlan_interface_with_its_addresses() -> None:
    device = managed(
        role="router",
        interfaces={
            "lan1": {
                "segment": "lan",
                "tagged": ["servers"],
                "addresses": ["192.168.1.1", "192.168.5.254"],
            }
        },
    )

    assert _interfaces(device, segments={"servers": {"vlan": 5}}) == [
        ("lan1", "port", "lan", ["192.168.1.1/24"]),
        ("lan1.5", "vlan", "servers", ["192.168.5.254/24"]),
    ]


def test_a_vlan_interface_names_its_port_and_its_id() -> None:
    device = managed(role="router", interfaces={"lan1": {"tagged": ["servers"]}})
    planned = _site(devices={"box": device}, segments={"servers": {"vlan": 5}})
    vlan = next(i for i in planned.interfaces if i.kind is InterfaceKind.VLAN)

    assert (vlan.name, vlan.parent, vlan.vlan, vlan.addresses) == ("lan1.5", "lan1", 5, ())


def test_a_cable_names_the_only_port_of_a_device() -> None:
    devices = {
        "box": managed(role="server", address="192.168.5.5", mac="02:00:00:00:00:05"),
        "switch": {"role": "switch", "segment": "servers"},
    }
    planned = _site(devices=devices, cables=[["switch/p1", "box/enp3s0"]])
    found = [(i.name, i.mac) for i in planned.interfaces if i.device.device == "box"]

    assert found == [("enp3s0", "02:00:00:00:00:05")]


def test_a_port_named_by_several_cables_of_a_device_does_not_decide() -> None:
    devices = {
        "box": managed(role="router", address="192.168.1.1"),
        "one": {"role": "endpoint"},
        "two": {"role": "endpoint"},
    }
    planned = _site(devices=devices, cables=[["box/lan1", "one/eth0"], ["box/lan2", "two/eth0"]])

    assert [i.name for i in planned.interfaces if i.addresses] == ["eth0"]


@pytest.mark.parametrize(
    ("site", "router", "gateway"),
    [
        pytest.param(house(), "gateway", "gateway", id="a managed router is the gateway"),
        pytest.param(barn(router_is_managed=True), "box", "pi", id="a gateway that is written"),
        pytest.param(
            house(devices={"box": {"role": "router"}, "pi": managed(role="server")}),
            "box",
            "pi",
            id="the only managed device beside an unmanaged router",
        ),
        pytest.param(house(devices={}), None, None, id="nothing there"),
        pytest.param(
            house(devices={"a": {"role": "router"}, "b": {"role": "router"}}),
            None,
            None,
            id="two routers, and none is written",
        ),
    ],
)
def test_router_and_gateway_follow_from_what_is_there(
    site: Raw, router: str | None, gateway: str | None
) -> None:
    planned = build_addresses(read({"sites": {"home": site}}))

    assert planned.routers["home"] == (DeviceRef("home", router) if router else None)
    assert planned.gateways["home"] == (DeviceRef("home", gateway) if gateway else None)


def test_a_reservation_is_a_host() -> None:
    lan = {
        "cidr": "192.168.1.0/24",
        "role": "user",
        "dhcp": {
            "pool": "192.168.1.100-192.168.1.199",
            "reservations": {"tv": {"mac": "02:00:00:00:00:07", "address": "192.168.1.7"}},
        },
    }
    host = next(h for h in _site(prefixes={"lan": lan}).hosts if h.name == "tv")

    assert (str(host.address), host.mac, host.names) == (
        "192.168.1.7",
        "02:00:00:00:00:07",
        ("tv",),
    )


def test_a_node_has_the_address_written_for_it_else_that_of_its_device() -> None:
    description = pair() | {
        "cluster": {
            "name": "rave",
            "nodes": {"barn/away": {}, "server": {"address": "192.168.5.6"}},
        }
    }

    assert build_addresses(read(description)).nodes == (
        (DeviceRef("home", "server"), IPv4Address("192.168.5.6")),
        (DeviceRef("barn", "away"), IPv4Address("192.168.7.60")),
    )
