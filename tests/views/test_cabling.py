"""The tree that a site's cables and radio links make, whatever order they are written in."""

import pytest

from config.network import Network
from config.site import Site
from tests.plan.networks import managed
from tests.render.stacks import plan_of
from tests.views.odd_networks import plan_of_odd
from views.cabling import CIRCUIT, Tree, find_uplink, grow_tree, list_lines, natural_key

Raw = dict[str, object]


def site_of(devices: Raw, **values: object) -> Site:
    site = {"id": 1, "circuit": {"kind": "cgnat"}, "devices": devices, **values}
    return Network.model_validate({"sites": {"home": site}}).sites["home"]


def children_of(tree: Tree, key: str) -> list[str]:
    return list(tree.children[key])


def test_port_2_comes_before_port_10() -> None:
    assert sorted(["port10", "port2", "uplink1"], key=natural_key) == ["port2", "port10", "uplink1"]


def test_children_stand_in_the_order_of_their_ports() -> None:
    tree = grow_tree(plan_of("prod").network.sites["home"])

    assert children_of(tree, "core-switch")[:4] == [
        "hue-hub",
        "raspi2",
        "gameraver",
        "access-point-1",
    ]


def test_the_circuit_ends_on_the_media_converter_before_the_router() -> None:
    uplink = find_uplink(plan_of("prod").network.sites["home"])

    assert str(uplink) == "media-converter/fibre0"


def test_the_circuit_ends_on_the_unmanaged_router_that_an_uplink_leads_to() -> None:
    ports = {"wan0": {"uplink": True}, "lan0": {}}
    devices: Raw = {"box": {"role": "router"}, "pi": managed(role="router", interfaces=ports)}
    site = site_of(devices, router="pi", cables=[["pi/wan0", "box/lan1"]])

    assert str(find_uplink(site)) == "box"


def test_uplinks_that_lead_to_each_other_come_to_an_end() -> None:
    ports = {"wan0": {"uplink": True}}
    devices: Raw = {name: managed(role="router", interfaces=ports) for name in ("a", "b")}
    site = site_of(devices, router="a", cables=[["a/wan0", "b/wan0"]])

    assert str(find_uplink(site)) == "b/wan0"


def test_stations_of_one_radio_are_one_cell() -> None:
    tree = grow_tree(plan_of("prod").network.sites["home"])
    (cell,) = [key for key in children_of(tree, "wireless-router") if key.endswith("(wifi)")]

    assert len(tree.nodes[cell].devices) == 8
    assert [join.far.device for join in tree.inner[cell]] == ["harmony-remote"]


def test_a_station_that_is_asked_for_alone_has_a_box_of_its_own() -> None:
    tree = grow_tree(plan_of("prod").network.sites["home"], frozenset({"laptops"}))

    assert tree.places["laptops"] == "laptops"


def test_bundled_cables_lead_to_one_box() -> None:
    tree = grow_tree(plan_of_odd("a ring").network.sites["home"])

    assert [str(join.near) for join in tree.nodes["switch-1"].joins] == [
        "switch-0/p2",
        "switch-0/p3",
    ]


def test_lines_that_close_a_ring_are_kept_apart() -> None:
    tree = grow_tree(plan_of_odd("a ring").network.sites["home"])

    assert [line.id for line in tree.others] == [
        "switch-1/p3~switch-2/p3",
        "switch-1/p4~server/eth0",
    ]


def test_two_radios_between_two_devices_are_two_lines_and_one_written_twice_is_one() -> None:
    devices: Raw = {name: {"role": "iot"} for name in ("a", "b")}
    links = [["a", "b"], ["a", "b", "zigbee"], ["a", "b", "zigbee"]]

    assert [line.radio for line in list_lines(site_of(devices, wireless=links))] == [
        "wifi",
        "zigbee",
    ]


def test_a_part_without_an_uplink_is_drawn_too() -> None:
    devices: Raw = {name: {"role": "switch"} for name in ("a", "b")}
    tree = grow_tree(site_of(devices, cables=[["b/p1", "a/p1"]]))

    assert tree.roots == (CIRCUIT, "a")
    assert children_of(tree, "a") == ["b"]


@pytest.mark.parametrize("stack", ["dev", "lab", "prod"])
def test_every_device_has_one_place_or_is_unlinked(stack: str) -> None:
    for site in plan_of(stack).network.sites.values():
        tree = grow_tree(site)

        assert sorted([*tree.places, *tree.unlinked]) == sorted(site.devices)
