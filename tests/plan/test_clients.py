"""What a VPN client has to know: where it dials, whom it asks, what it sends into the tunnel."""

from ipaddress import IPv4Address, IPv4Network
from typing import cast

import pytest
from hypothesis import given

from config.network import Network
from plan.build import build_plan
from plan.clients import build_client
from plan.model import ClientProfile, PartyKind, Plan
from tests.plan.examples import pair, read
from tests.plan.networks import Raw, networks


def laptop(*flows: Raw, endpoint: Raw | None = None) -> ClientProfile:
    """Give the client of the pair of sites, with these flows and this more of its endpoint."""
    description = {**pair(), "flows": list(flows)}
    family = cast("Raw", cast("Raw", cast("Raw", description["vpn"])["endpoints"])["family"])
    family.update(endpoint or {})
    return build_client(build_plan(read(description)), "laptop")


def routes(client: ClientProfile) -> dict[str, str]:
    """Give its routes with what is there."""
    return {str(route.network): route.what for route in client.routes}


def flow(source: str, target: str, **more: object) -> Raw:
    """Describe a flow."""
    return {"from": source, "to": target, "why": "tests", **more}


NAMES = {"10.8.2.1/32": "names"}


def test_a_client_dials_its_endpoint_and_has_the_address_of_its_number() -> None:
    client = laptop()

    assert (client.host, client.port) == ("home.example.net", 33443)
    assert client.address == IPv4Address("10.8.2.10")
    assert (client.tenant, client.endpoint, client.interface) == ("family", "family", "wg-family")
    assert str(client.device) == "home/gateway"
    assert client.mtu == 1420


def test_a_name_of_the_endpoint_itself_is_dialled_in_the_place_of_the_circuits() -> None:
    assert laptop(endpoint={"host": "vpn.example.org"}).host == "vpn.example.org"


def test_a_client_without_flows_asks_for_names_and_reaches_nothing() -> None:
    client = laptop()

    assert routes(client) == NAMES
    assert (client.dns, client.domain) == (IPv4Address("10.8.2.1"), "home.internal")


def test_another_name_server_is_asked_without_our_domain() -> None:
    client = laptop(endpoint={"dns": "192.168.5.5"})

    assert (client.dns, client.domain) == (IPv4Address("192.168.5.5"), None)
    assert routes(client) == {"192.168.5.5/32": "names"}


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        pytest.param(
            flow("vpn.family", "home.servers"), {"192.168.5.0/24": "home.servers"}, id="a range"
        ),
        pytest.param(
            flow("family", "home/server", ports=["tcp/22"]),
            {"192.168.5.5/32": "home/server"},
            id="a device, for all of the tenant",
        ),
        pytest.param(
            flow("client.laptop", "home.lan"),
            {"10.200.1.0/24": "home.lan by its alias", "192.168.1.0/24": "home.lan"},
            id="a range with an alias at the endpoint's own site, as names are answered there",
        ),
        pytest.param(
            flow("vpn.family", "barn.lan"),
            {"10.200.2.0/24": "barn.lan"},
            id="a range of another site, under its alias alone",
        ),
        pytest.param(
            flow("home.lan", "client.laptop"),
            {"10.200.1.0/24": "home.lan"},
            id="who opens connections to it, as the tunnel carries them",
        ),
        pytest.param(
            flow("home.lan", "barn.lan"), {}, id="what others reach is no business of a client"
        ),
    ],
)
def test_routes_are_those_of_its_own_flows(described: Raw, expected: dict[str, str]) -> None:
    assert routes(laptop(described)) == {**NAMES, **expected}


def test_a_client_that_may_go_everywhere_sends_everything() -> None:
    assert routes(laptop(flow("vpn.family", "internet"))) == {"0.0.0.0/0": "internet"}


def reached(plan: Plan, name: str) -> set[IPv4Network]:
    """Give what flows of this client lead to, as far as it has addresses."""
    client = plan.network.vpn.clients[name]
    endpoint = plan.network.vpn.endpoints[client.endpoint]
    address = endpoint.cidr.network_address + client.index
    kinds = (PartyKind.VPN, PartyKind.CLIENT)
    return {
        network
        for planned in plan.flows
        if planned.source.kind in kinds and any(address in net for net in planned.source.networks)
        if not planned.name.startswith("dns/")
        for network in planned.target.effective
    }


@given(networks())
def test_everything_that_a_client_may_dial_is_in_its_routes(network: Network) -> None:
    plan = build_plan(network)
    for name in network.vpn.clients:
        client = build_client(plan, name)
        listed = [route.network for route in client.routes]

        assert all(any(r.subnet_of(net) for net in listed) for r in reached(plan, name))
        assert listed == sorted(set(listed))
        assert any(client.dns in net for net in listed)


@given(networks())
def test_nothing_of_other_tenants_is_in_a_clients_routes(network: Network) -> None:
    plan = build_plan(network)
    others = {name: found.cidr for name, found in network.vpn.endpoints.items()}
    for name, client in network.vpn.clients.items():
        foreign = [cidr for other, cidr in others.items() if other != client.endpoint]
        listed = [route.network for route in build_client(plan, name).routes]

        assert not any(net.overlaps(cidr) for net in listed for cidr in foreign)
