"""What holds of every sound network's plan, whatever it looks like."""

import random
from collections import Counter
from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from netaddr import IPSet

from config.network import Network
from plan.addresses import build_addresses
from plan.management import build_management
from plan.model import LinkKind, Mesh, MtuStep, WireguardInterface
from plan.mtu import mtu_chain
from plan.names import build_dnsmasq
from plan.nat import build_nat
from plan.routes import build_routes
from plan.ruleset import Masquerade
from plan.sheets import build_router_sheets, build_switch_sheets
from plan.tunnels import BACKBONE_INTERFACE, build_mesh
from tests.plan.networks import Raw, descriptions, networks, public_key


def _mesh(network: Network) -> Mesh:
    return build_mesh(network, build_addresses(network))


def _plan(network: Network) -> tuple[object, ...]:
    addresses = build_addresses(network)
    mesh = build_mesh(network, addresses)
    return (
        addresses,
        mesh,
        mtu_chain(network, addresses, mesh),
        list(build_routes(network, addresses, mesh).items()),
        list(build_nat(network, addresses, mesh, ()).items()),
        list(build_dnsmasq(network, addresses, mesh).items()),
        list(build_management(network, addresses, mesh).items()),
        build_router_sheets(network, addresses, mesh, ()),
        build_switch_sheets(network, addresses),
    )


def _shuffled(value: object, dice: random.Random) -> object:
    """The same description with the keys of every record in another order."""
    if isinstance(value, list):
        return [_shuffled(item, dice) for item in value]
    if not isinstance(value, dict):
        return value
    items = [(key, _shuffled(item, dice)) for key, item in value.items()]
    dice.shuffle(items)
    return dict(items)


def _backbone(mesh: Mesh) -> list[WireguardInterface]:
    return [interface for interface in mesh.interfaces if interface.endpoint is None]


@given(networks())
def test_effective_prefixes_never_overlap(network: Network) -> None:
    effective = [prefix.effective for prefix in build_addresses(network).prefixes]

    assert IPSet(map(str, effective)).size == sum(n.num_addresses for n in effective)


@given(networks())
def test_no_range_is_on_two_peers_of_an_interface(network: Network) -> None:
    for interface in _mesh(network).interfaces:
        ranges = [network for peer in interface.peers for network in peer.allowed_ips]

        assert not any(a.overlaps(b) for a, b in combinations(ranges, 2))


@given(networks(sites=2))
def test_peers_of_the_backbone_are_symmetric(network: Network) -> None:
    pairs = Counter(
        (interface.device, peer.gateway, peer.psk)
        for interface in _backbone(_mesh(network))
        for peer in interface.peers
    )

    assert set(pairs.values()) <= {1}
    assert all((other, own, psk) in pairs for own, other, psk in pairs)


@given(networks(sites=2))
def test_every_tunnel_has_an_end_that_dials_and_whoever_dials_keeps_it_alive(
    network: Network,
) -> None:
    peers = {
        (interface.device, peer.gateway): peer
        for interface in _backbone(_mesh(network))
        for peer in interface.peers
    }
    for (own, other), peer in peers.items():
        back = peers[other, own] if other else None
        assert back is not None
        assert peer.endpoint or back.endpoint
        assert (peer.keepalive is None) == (peer.endpoint is None)


@given(networks(sites=2))
def test_a_link_is_direct_exactly_where_one_end_can_be_dialled(network: Network) -> None:
    dialable = {name for name, site in network.sites.items() if site.circuit.endpoint}
    for link in _mesh(network).links:
        assert (link.kind is LinkKind.DIRECT) == bool({link.a, link.b} & dialable)
        assert link.kind is not LinkKind.REFUSED


@given(networks(sites=2))
def test_whatever_a_gateway_routes_into_the_mesh_a_peer_takes(network: Network) -> None:
    addresses = build_addresses(network)
    mesh = build_mesh(network, addresses)
    allowed = {
        interface.device: {network for peer in interface.peers for network in peer.allowed_ips}
        for interface in _backbone(mesh)
    }
    into_mesh = [
        (device, route.destination)
        for device, routes in build_routes(network, addresses, mesh).items()
        for route in routes
        if route.interface == BACKBONE_INTERFACE
    ]

    assert all(destination in allowed[device] for device, destination in into_mesh)
    assert len(into_mesh) == sum(
        not IPv4Network(item).subnet_of(network.vpn.backbone.cidr)
        for found in allowed.values()
        for item in found
    )


@given(networks(sites=2))
def test_a_route_never_leads_to_the_device_itself_or_off_its_segments(network: Network) -> None:
    addresses = build_addresses(network)
    connected = {
        (interface.device, interface.name): [address.network for address in interface.addresses]
        for interface in addresses.interfaces
    }
    own = {(i.device, a.ip) for i in addresses.interfaces for a in i.addresses}
    routes = build_routes(network, addresses, build_mesh(network, addresses))
    ways = [(device, route) for device, found in routes.items() for route in found]
    for device, route in ways:
        if route.via is None:
            continue
        assert (device, route.via) not in own
        assert any(route.via in net for net in connected[device, route.interface])


@given(descriptions(), st.randoms(use_true_random=False))
def test_the_order_of_the_description_never_matters(description: Raw, dice: random.Random) -> None:
    plain = Network.model_validate(description)
    shuffled = Network.model_validate(_shuffled(description, dice))

    assert _plan(plain) == _plan(shuffled)


@given(descriptions(sites=3))
def test_adding_a_site_changes_only_its_own_lines_at_other_sites(description: Raw) -> None:
    whole = Network.model_validate(description)
    new = list(whole.sites)[-1]
    at_new = {n for n, e in whole.vpn.endpoints.items() if e.at.startswith(f"{new}/")}
    before = Network.model_validate(_without_site(whole, new, at_new))
    others = [i for i in _mesh(whole).interfaces if i.device.site != new]

    assert [_without_peer(i, whole, new, at_new) for i in others] == [
        replace(i, mtu=0) for i in _mesh(before).interfaces
    ]


def _without_site(network: Network, site: str, endpoints: set[str]) -> Raw:
    raw = network.model_dump(by_alias=True, exclude={"cluster", "flows", "expect"})
    del raw["sites"][site]
    vpn = raw["vpn"]
    vpn["endpoints"] = {n: e for n, e in vpn["endpoints"].items() if n not in endpoints}
    vpn["clients"] = {n: c for n, c in vpn["clients"].items() if c["endpoint"] not in endpoints}
    return raw


def _without_peer(
    interface: WireguardInterface, network: Network, site: str, endpoints: set[str]
) -> WireguardInterface:
    """The interface without the new site; its MTU is that of the narrowest link and may go down."""
    ranges = {p.alias or p.cidr for p in network.sites[site].prefixes.values()}
    ranges |= {network.vpn.endpoints[name].cidr for name in endpoints}
    link = network.vpn.backbone.cidr.network_address + network.sites[site].id
    ranges.add(IPv4Network((int(link), 32)))
    peers = [peer for peer in interface.peers if peer.name != f"gateway {site}"]
    kept = tuple(
        replace(peer, end=replace(peer.end, allowed_ips=_without(peer.allowed_ips, ranges)))
        for peer in peers
    )
    return replace(interface, peers=kept, mtu=0)


def _without(
    networks: tuple[IPv4Network, ...], ranges: set[IPv4Network]
) -> tuple[IPv4Network, ...]:
    return tuple(network for network in networks if network not in ranges)


@given(descriptions())
def test_adding_a_client_adds_one_peer_and_nothing_else(description: Raw) -> None:
    network = Network.model_validate(description)
    assume(network.vpn.endpoints)
    raw = network.model_dump(by_alias=True)
    raw["vpn"]["clients"]["added"] = {"endpoint": "e0", "index": 201, "public_key": public_key(99)}
    after = _mesh(Network.model_validate(raw))
    added = [p for i in after.interfaces for p in i.peers if p.name == "client added"]

    assert len(added) == 1
    assert [
        replace(i, peers=tuple(p for p in i.peers if p not in added)) for i in after.interfaces
    ] == list(_mesh(network).interfaces)


@given(networks())
def test_the_pods_mtu_fits_into_every_step_before_it(network: Network) -> None:
    addresses = build_addresses(network)
    chain = mtu_chain(network, addresses, build_mesh(network, addresses))
    if network.cluster is None:
        assert chain == ()
        return
    carriers: tuple[MtuStep, ...] = chain[:-1]

    assert carriers
    assert all(chain[-1].mtu + 50 <= step.mtu for step in carriers)
    assert chain[-1].mtu % 4 == 0


@given(networks())
def test_every_managed_device_has_a_management_path_with_a_source(network: Network) -> None:
    addresses = build_addresses(network)
    paths = build_management(network, addresses, build_mesh(network, addresses))
    managed = {
        (site, name)
        for site, described in network.sites.items()
        for name, device in described.devices.items()
        if device.manage
    }

    assert {(ref.site, ref.device) for ref in paths} == managed
    assert all(path.sources for path in paths.values())
    assert all(path.device not in path.through for path in paths.values())


@given(networks(sites=2))
def test_a_device_is_farther_than_every_managed_one_on_the_way_to_it(network: Network) -> None:
    addresses = build_addresses(network)
    paths = build_management(network, addresses, build_mesh(network, addresses))
    for path in paths.values():
        passed = [paths[ref].distance for ref in path.through if ref in paths]

        assert all(distance < path.distance for distance in passed)


@given(networks())
def test_nobody_is_hidden_from_a_lan_by_a_gateway_that_is_the_router(network: Network) -> None:
    addresses = build_addresses(network)
    uplinks = {"wan0"}
    for device, rules in build_nat(network, addresses, build_mesh(network, addresses), ()).items():
        if addresses.gateways[device.site] != addresses.routers[device.site]:
            continue
        masquerades = [r for r in rules.postrouting if isinstance(r.action, Masquerade)]

        assert all(set(r.match.output_interfaces) <= uplinks for r in masquerades)
