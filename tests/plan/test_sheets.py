"""What a person is asked to set by hand."""

from typing import cast

from plan.addresses import build_addresses
from plan.model import Origin, Party, PartyKind, PlannedFlow, RouterSheet, SwitchSheet
from plan.sheets import build_router_sheets, build_switch_sheets
from plan.tunnels import build_mesh
from terms.values import DeviceRef, Ports
from tests.plan.examples import house, pair, read
from tests.plan.networks import Raw

PI = DeviceRef("barn", "pi")


def _router_sheets(description: Raw, *flows: PlannedFlow) -> tuple[RouterSheet, ...]:
    network = read(description)
    addresses = build_addresses(network)
    return build_router_sheets(network, addresses, build_mesh(network, addresses), flows)


def _switch(ports: Raw, devices: Raw, *cables: list[str], **further: object) -> SwitchSheet:
    """One site with a switch called `switch`."""
    site = house(segments={"lan": {"vlan": 2}, "servers": {"vlan": 5}}, cables=list(cables))
    switch = {"role": "switch", "interfaces": ports, **further}
    cast("Raw", site["devices"]).update({"switch": switch, **devices})
    network = read({"sites": {"home": site}})
    sheets = build_switch_sheets(network, build_addresses(network))
    return next(sheet for sheet in sheets if sheet.device.device == "switch")


def test_a_managed_router_has_no_sheet() -> None:
    assert _router_sheets(pair(router_is_managed=True)) == ()


def test_an_unmanaged_router_is_told_the_way_to_everything_behind_the_tunnels() -> None:
    (sheet,) = _router_sheets(pair())

    assert sheet.device == DeviceRef("barn", "box")
    assert {str(route.via) for route in sheet.routes} == {"192.168.1.50"}
    assert [str(route.destination) for route in sheet.routes] == [
        "10.8.0.0/24",
        "10.200.1.0/24",
        "192.168.5.0/24",
        "10.8.2.0/24",
    ]


def test_an_unmanaged_router_is_told_which_ports_to_forward() -> None:
    target = Party(PartyKind.DEVICE, str(PI), site="barn", device=PI)
    source = Party(PartyKind.INTERNET, "internet")
    web = (Ports.parse("tcp/80"),)
    flow = PlannedFlow("web", Origin.DECLARED, source, target, web, "a test", public_port=8080)
    (sheet,) = _router_sheets(pair(), flow)
    (forward,) = sheet.forwards

    assert (str(forward.public), str(forward.to), forward.port) == ("tcp/8080", "192.168.1.50", 80)


def test_a_dialable_gateway_beside_an_unmanaged_router_needs_its_port() -> None:
    description = pair()
    barn = cast("dict[str, Raw]", description["sites"])["barn"]
    barn["circuit"] = {"kind": "dynamic", "endpoint": "barn.example.net"}
    (sheet,) = _router_sheets(description)

    assert [str(forward.public) for forward in sheet.forwards] == ["udp/51820"]


def test_an_unmanaged_router_that_gives_leases_is_told_the_fixed_ones() -> None:
    description = pair()
    barn = cast("dict[str, dict[str, Raw]]", description["sites"])["barn"]
    cast("Raw", barn["prefixes"]["lan"])["dhcp"] = {"pool": "192.168.1.100-192.168.1.199"}
    cast("Raw", barn["devices"]["pi"])["mac"] = "02:00:00:00:02:50"
    (sheet,) = _router_sheets(description)

    assert [(lease.name, str(lease.address)) for lease in sheet.reservations] == [
        ("pi", "192.168.1.50")
    ]


def test_a_port_carries_what_is_written_for_it() -> None:
    sheet = _switch({"p1": {"segment": "lan", "tagged": ["servers"], "speed": "1G"}}, {})
    (port,) = sheet.ports

    assert (port.untagged, port.untagged_vlan, port.tagged) == ("lan", 2, (("servers", 5),))
    assert port.speed == "1G"


def test_a_port_carries_what_its_neighbour_needs() -> None:
    sheet = _switch({}, {}, ["switch/p1", "server/eth0", "1G"], ["gateway/srv0", "switch/p2"])

    assert [(p.port, p.neighbour, p.untagged_vlan) for p in sheet.ports] == [
        ("p1", "server/eth0", 5),
        ("p2", "gateway/srv0", 5),
    ]


def test_a_port_without_a_word_about_it_is_on_the_segment_of_what_is_plugged_in() -> None:
    lamp: Raw = {"lamp": {"role": "iot", "segment": "lan"}}
    sheet = _switch({}, lamp, ["switch/p1", "lamp/eth0"], segment="servers")

    assert sheet.ports[0].untagged == "lan"


def test_the_address_of_a_switch_says_nothing_about_the_cable_to_it() -> None:
    core: Raw = {"core": {"role": "switch", "address": "192.168.1.2"}}
    sheet = _switch({}, core, ["switch/p1", "core/p9"], segment="servers")

    assert sheet.ports[0].untagged == "servers"


def test_ports_are_listed_by_number() -> None:
    sheet = _switch({"p10": {}, "p2": {}, "sfp1": {}}, {})

    assert [port.port for port in sheet.ports] == ["p2", "p10", "sfp1"]


def test_a_switch_that_relays_is_told_the_server() -> None:
    site = house()
    lan = {
        "cidr": "192.168.1.0/24",
        "role": "user",
        "dhcp": {"pool": "192.168.1.100-192.168.1.199", "relay": "switch"},
    }
    cast("Raw", site["prefixes"])["lan"] = lan
    cast("Raw", site["devices"])["switch"] = {"role": "switch", "address": "192.168.5.2"}
    network = read({"sites": {"home": site}})
    (sheet,) = build_switch_sheets(network, build_addresses(network))

    assert [(relay.segment, str(relay.server)) for relay in sheet.relays] == [
        ("lan", "192.168.5.254")
    ]
