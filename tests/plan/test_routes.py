"""Which routes a device needs beyond its connected ones, and by whom they lead."""

import pytest

from plan.addresses import build_addresses
from plan.routes import build_routes
from plan.tunnels import build_mesh
from terms.values import DeviceRef
from tests.plan.examples import pair, read
from tests.plan.networks import Raw

ABROAD = ["10.8.0.0/24", "10.200.1.0/24", "192.168.5.0/24", "10.8.2.0/24"]


def _routes(description: Raw, device: str) -> list[tuple[str, str, str | None]]:
    network = read(description)
    addresses = build_addresses(network)
    routes = build_routes(network, addresses, build_mesh(network, addresses))
    return [
        (str(route.destination), route.interface, str(route.via) if route.via else None)
        for route in routes.get(DeviceRef.parse(device), ())
    ]


def _at_other_device() -> Raw:
    """The VPN endpoint ends on a server beside the router, which is the mesh gateway."""
    description = pair()
    vpn = description["vpn"]
    assert isinstance(vpn, dict)
    vpn["endpoints"]["family"]["at"] = "home/server"
    return description


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        pytest.param(
            "home/gateway",
            [("192.168.7.0/24", "wg-mesh", None), ("10.200.2.0/24", "wg-mesh", None)],
            id="a gateway sends the ranges of others into the mesh",
        ),
        pytest.param("home/server", [], id="a host behind it has its default route"),
        pytest.param(
            "barn/beside",
            [(network, "eth0", "192.168.1.50") for network in ABROAD],
            id="a neighbour of a one-armed gateway goes to it directly",
        ),
        pytest.param("barn/away", [], id="a host on another segment has its default route"),
        pytest.param(
            "barn/box",
            [(network, "lan0", "192.168.1.50") for network in ABROAD],
            id="a managed router goes by the one-armed gateway",
        ),
        pytest.param(
            "barn/pi",
            [
                *((network, "wg-mesh", None) for network in ABROAD[1:]),
                ("192.168.7.0/24", "eth0", "192.168.1.1"),
            ],
            id="the one-armed gateway goes by the router to other segments",
        ),
    ],
)
def test_a_device_knows_the_way_to_what_is_not_connected(
    device: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert _routes(pair(router_is_managed=True), device) == expected


def test_nobody_configures_an_unmanaged_router() -> None:
    assert _routes(pair(router_is_managed=False), "barn/box") == []


def test_clients_of_an_endpoint_beside_the_gateway_are_reached_through_its_device() -> None:
    routes = _routes(_at_other_device(), "home/gateway")

    assert ("10.8.2.0/24", "srv0", "192.168.5.5") in routes


def test_an_endpoint_beside_the_gateway_reaches_segments_by_the_router() -> None:
    assert ("192.168.1.0/24", "eth0", "192.168.5.254") in _routes(_at_other_device(), "home/server")


def test_a_reserved_range_is_routed_nowhere() -> None:
    everywhere = [
        destination
        for device in ("home/gateway", "barn/pi", "barn/box")
        for destination, _, _ in _routes(pair(router_is_managed=True), device)
    ]

    assert "192.168.9.0/24" not in everywhere
