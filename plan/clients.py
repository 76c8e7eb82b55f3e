"""A plan -> what the device of a VPN client has to know, but for its key."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from plan.addresses import effective_address
from plan.merging import without_parts
from plan.model import (
    ClientProfile,
    ClientRoute,
    Party,
    PartyKind,
    Plan,
    PlannedFlow,
    WireguardInterface,
)
from plan.ruleset import host_prefix

# The tunnel's own server answers all names; a flow to it must not bring in its other addresses.
NAMES = "dns/vpn."
EVERYWHERE = IPv4Network("0.0.0.0/0")
FROM_TUNNELS = frozenset({PartyKind.VPN, PartyKind.CLIENT})


def build_client(plan: Plan, name: str) -> ClientProfile:
    """What the client of that name has to know; raises KeyError where none is planned."""
    client = plan.network.vpn.clients[name]
    endpoint = plan.network.vpn.endpoints[client.endpoint]
    interface = _find_interface(plan, client.endpoint)
    site = interface.device.site
    address = endpoint.cidr.network_address + client.index
    dns = endpoint.dns or interface.address.ip
    return ClientProfile(
        name=name,
        endpoint=client.endpoint,
        tenant=endpoint.tenant,
        device=interface.device,
        interface=interface.name,
        address=address,
        # A rule refuses endpoints that have neither.
        host=endpoint.host or plan.network.sites[site].circuit.endpoint or "",
        port=endpoint.port,
        dns=dns,
        domain=None if endpoint.dns else f"{site}.{plan.network.network.domain}",
        mtu=interface.mtu,
        routes=_merge((ClientRoute(host_prefix(dns), "names"), *_list_routes(plan, address, site))),
    )


def _find_interface(plan: Plan, endpoint: str) -> WireguardInterface:
    for interface in plan.mesh.interfaces:
        if interface.endpoint == endpoint:
            return interface
    raise KeyError(endpoint)


def _list_routes(plan: Plan, address: IPv4Address, site: str) -> Iterator[ClientRoute]:
    """What its flows lead to, and who opens connections to it: WireGuard takes from no others."""
    for flow in plan.flows:
        if flow.name.startswith(NAMES):
            continue
        if _is_of(flow.source, address):
            yield from _dialled(flow, site)
        elif _is_of(flow.target, address):
            yield from _senders(plan, flow.source)


def _is_of(party: Party, address: IPv4Address) -> bool:
    return party.kind in FROM_TUNNELS and any(address in network for network in party.networks)


def _dialled(flow: PlannedFlow, site: str) -> Iterator[ClientRoute]:
    """The target's addresses; at the endpoint's own site also those that its names stand for.

    There the endpoint's server answers with the real address. The alias leads to the same host,
    also from a place whose own LAN has that range.
    """
    target = flow.target
    if target.kind is PartyKind.INTERNET:
        yield from _internet(target)
        return
    inner = target.networks if target.site == site else ()
    for network in inner:
        yield ClientRoute(network, target.name)
    for network in target.effective:
        if network not in inner:
            yield ClientRoute(network, f"{target.name} by its alias" if inner else target.name)


def _senders(plan: Plan, source: Party) -> Iterator[ClientRoute]:
    if source.kind is PartyKind.INTERNET:
        yield from _internet(source)
    elif source.kind is PartyKind.PODS:
        # They leave their node under its address.
        for device, address in plan.addresses.nodes:
            seen = _as_seen_outside(plan, device.site, address)
            yield ClientRoute(host_prefix(seen), f"pods of {source.name} on {device}")
    else:
        for network in source.effective:
            yield ClientRoute(network, source.name)


def _internet(party: Party) -> Iterator[ClientRoute]:
    for network in party.networks or (EVERYWHERE,):
        yield ClientRoute(network, party.name)


def _as_seen_outside(plan: Plan, site: str, address: IPv4Address) -> IPv4Address:
    for prefix in plan.addresses.prefixes:
        if prefix.site == site and address in prefix.cidr:
            return effective_address(prefix, address)
    return address


def _merge(routes: tuple[ClientRoute, ...]) -> tuple[ClientRoute, ...]:
    """One route for each range that is in no other, in the order of addresses."""
    kept = without_parts(route.network for route in routes)
    return tuple(
        ClientRoute(
            network, ", ".join(dict.fromkeys(r.what for r in routes if r.network == network))
        )
        for network in sorted(kept)
    )
