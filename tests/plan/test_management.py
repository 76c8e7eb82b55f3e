"""How the operator reaches each device, and whose packets the device sees."""

from typing import cast

import pytest

from plan.addresses import build_addresses
from plan.management import build_management
from plan.model import ManagementPath
from plan.tunnels import build_mesh
from terms.values import DeviceRef
from tests.plan.examples import pair, read
from tests.plan.networks import HOST_KEY, Raw


def _path(description: Raw, device: str) -> ManagementPath:
    network = read(description)
    addresses = build_addresses(network)
    mesh = build_mesh(network, addresses)
    return build_management(network, addresses, mesh)[DeviceRef.parse(device)]


def _dialled(device: str, **manage: str) -> Raw:
    """The pair, with one device of the barn logged in to in another way."""
    description = pair(router_is_managed=True)
    sites = cast("dict[str, dict[str, dict[str, Raw]]]", description["sites"])
    sites["barn"]["devices"][device]["manage"] = {"host_key": HOST_KEY, **manage}
    return description


@pytest.mark.parametrize(
    ("device", "through", "in_band", "sources"),
    [
        pytest.param("home/gateway", [], False, ["192.168.1.0/24"], id="a neighbour"),
        pytest.param(
            "home/server", ["home/gateway"], False, ["192.168.1.0/24"], id="behind the router"
        ),
        pytest.param(
            "barn/pi", ["home/gateway"], True, ["10.200.1.0/24"], id="the gateway of another site"
        ),
        pytest.param(
            "barn/beside",
            ["home/gateway", "barn/pi"],
            True,
            ["192.168.1.50/32"],
            id="a neighbour of a one-armed gateway sees that gateway",
        ),
        pytest.param(
            "barn/away",
            ["home/gateway", "barn/pi", "barn/box"],
            True,
            ["10.200.1.0/24"],
            id="a host behind a managed router sees the operator",
        ),
    ],
)
def test_the_path_of_management(
    device: str, through: list[str], in_band: bool, sources: list[str]
) -> None:
    path = _path(pair(router_is_managed=True), device)

    assert [str(ref) for ref in path.through] == through
    assert (path.in_band, path.distance) == (in_band, len(through))
    assert [str(source) for source in path.sources] == sources


def test_behind_an_unmanaged_router_every_host_sees_the_gateway() -> None:
    path = _path(pair(router_is_managed=False), "barn/away")

    assert [str(source) for source in path.sources] == ["192.168.1.50/32"]


def test_devices_see_the_operators_router_where_it_hides_neighbours_of_the_gateway() -> None:
    description = pair(router_is_managed=True) | {"network": {"operator": {"at": "barn"}}}
    path = _path(description, "home/server")

    assert [str(source) for source in path.sources] == [
        "192.168.7.0/24",
        "10.200.2.0/24",
        "10.200.2.1/32",
    ]


def test_the_operators_prefixes_can_be_chosen() -> None:
    operator = {"at": "home", "prefixes": ["servers"]}
    path = _path(pair() | {"network": {"operator": operator}}, "home/gateway")

    assert [str(source) for source in path.sources] == ["192.168.5.0/24"]


@pytest.mark.parametrize(
    ("host", "in_band"),
    [
        pytest.param("barn.example.net", False, id="a public name"),
        pytest.param("198.51.100.7", False, id="a public address"),
        pytest.param("10.200.2.50", True, id="its alias"),
        pytest.param("pi.barn.internal", True, id="a name of this network"),
    ],
)
def test_a_device_that_is_dialled_outside_needs_no_tunnel(host: str, in_band: bool) -> None:
    assert _path(_dialled("pi", host=host), "barn/pi").in_band is in_band


def test_a_public_operator_is_a_source_where_a_device_is_dialled_outside() -> None:
    description = _dialled("pi", host="198.51.100.7")
    sites = cast("dict[str, Raw]", description["sites"])
    sites["home"]["circuit"] = {"kind": "static", "endpoint": "203.0.113.2"}

    assert "203.0.113.2/32" in map(str, _path(description, "barn/pi").sources)


def test_a_device_on_the_operators_bench_sees_neighbours_now_and_the_mesh_later() -> None:
    description = _dialled("pi", host="192.168.9.40")
    sites = cast("dict[str, dict[str, dict[str, Raw]]]", description["sites"])
    bench: Raw = {"cidr": "192.168.9.0/24", "role": "infrastructure", "alias": "10.200.9.0/24"}
    sites["home"]["prefixes"]["bench"] = bench
    path = _path(description, "barn/pi")

    assert not path.in_band
    assert [str(source) for source in path.sources] == [
        "192.168.9.0/24",
        "10.200.9.0/24",
        "10.200.1.0/24",
    ]


@pytest.mark.parametrize(
    ("device", "jump", "onwards"),
    [
        pytest.param("pi", "barn/beside", [], id="a neighbour of the jump host"),
        pytest.param("away", "barn/beside", ["barn/box"], id="on another segment"),
    ],
)
def test_a_jump_host_is_passed_and_is_a_source(device: str, jump: str, onwards: list[str]) -> None:
    path = _path(_dialled(device, jump=jump), f"barn/{device}")
    through = [str(ref) for ref in path.through if str(ref) != "barn/pi"]

    assert through == ["home/gateway", jump, *onwards]
    assert str(path.sources[0]) == "192.168.1.60/32"


def test_a_gateway_as_jump_host_is_seen_at_other_sites_by_its_address_in_the_mesh() -> None:
    path = _path(_dialled("away", jump="home/gateway"), "barn/away")

    assert "10.8.0.1/32" in map(str, path.sources)
