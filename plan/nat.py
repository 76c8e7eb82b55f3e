"""Addresses, tunnels and flows -> the address translation of each managed device."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from msgspec import Struct

from config.network import Network
from plan.forwards import Forward, list_forwards
from plan.masking import Masking, build_maskings
from plan.model import Addresses, Mesh, PartyKind, PlannedFlow
from plan.places import Places, find_places, networks_of
from plan.ruleset import (
    Action,
    Masquerade,
    Match,
    Rule,
    TranslateDestination,
    TranslateSource,
    host_prefix,
)
from terms.values import DeviceRef, DeviceRole

# Name of the implied flow that opens published services to insiders by the public address.
HAIRPIN = "hairpin"


class NatRules(Struct, frozen=True):
    """The translation rules of one device; in each chain the first that matches decides."""

    prerouting: tuple[Rule, ...]
    postrouting: tuple[Rule, ...]


class NatContext(Struct, frozen=True):
    """What the translation of one device is made from."""

    device: DeviceRef
    places: Places
    # WireGuard interfaces of the device.
    tunnels: tuple[str, ...]
    tunnel_addresses: tuple[IPv4Network, ...]
    # Forwards of the site; empty on every device but its router.
    forwards: tuple[Forward, ...]
    maskings: tuple[Masking, ...]
    # Ranges that leave by the uplink under its address; empty on a device that is no router.
    hidden: tuple[IPv4Network, ...]
    hairpin: bool


def build_nat(
    network: Network, addresses: Addresses, mesh: Mesh, flows: tuple[PlannedFlow, ...]
) -> dict[DeviceRef, NatRules]:
    """Compute the translation of every managed device, in the order of (site id, device)."""
    places = find_places(network, addresses)
    forwards = _by_router(addresses, list_forwards(network, addresses, mesh, flows))
    maskings = _maskings_by_device(build_maskings(network, addresses, mesh))
    wireguard = _wireguard_by_device(mesh)
    clients = _clients_to_internet(flows)
    rules: dict[DeviceRef, NatRules] = {}
    for device in (device for site in addresses.routers for device in places.managed[site]):
        context = NatContext(
            device=device,
            places=places,
            tunnels=tuple(name for name, _ in wireguard.get(device, ())),
            tunnel_addresses=tuple(address for _, address in wireguard.get(device, ())),
            forwards=forwards.get(device, ()),
            maskings=tuple(maskings.get(device, ())),
            hidden=_hidden_networks(places, device, clients.get(device.site, []))
            if _is_router(network, addresses, device)
            else (),
            hairpin=HAIRPIN not in network.network.implied_off,
        )
        rules[device] = build_rules(context)
    return rules


def build_rules(context: NatContext) -> NatRules:
    """Put the rules of one device in order.

    Before routing: aliases first, since only packets from tunnels carry them; then ports dialled
    from the internet, then those dialled from inside. After routing: aliases, since nothing may
    hide a site's hosts from the mesh; then what would be answered by another way; last the uplink.
    """
    return NatRules(
        prerouting=(
            *_arrivals_at_aliases(context),
            *_forwards_from_uplink(context),
            *_forwards_from_inside(context),
        ),
        postrouting=(
            *_departures_as_aliases(context),
            *_hairpin_sources(context),
            *map(_masking_rule, context.maskings),
            *_uplink_sources(context),
        ),
    )


# ---------------------------------------------------------------- aliases


def _arrivals_at_aliases(context: NatContext) -> Iterator[Rule]:
    """Also from VPN endpoints: a client in a LAN of the same range can use the alias only."""
    for prefix in context.places.routed(context.device.site) if context.tunnels else ():
        if prefix.alias:
            yield Rule(
                Match(input_interfaces=context.tunnels, destinations=(prefix.alias,)),
                TranslateDestination(prefix.cidr),
                f"alias of {prefix.reference}",
            )


def _departures_as_aliases(context: NatContext) -> Iterator[Rule]:
    for prefix in context.places.routed(context.device.site) if context.tunnels else ():
        if prefix.alias:
            yield Rule(
                Match(output_interfaces=context.tunnels, sources=(prefix.cidr,)),
                TranslateSource(prefix.alias),
                f"{prefix.reference} as its alias",
            )


# ---------------------------------------------------------------- port forwards


def _forwards_from_uplink(context: NatContext) -> Iterator[Rule]:
    uplinks = context.places.uplinks(context.device)
    for forward in context.forwards if uplinks else ():
        yield Rule(
            Match(input_interfaces=uplinks, protocol=forward.protocol, ports=(forward.public,)),
            _to_target(forward),
            forward.why,
        )


def _forwards_from_inside(context: NatContext) -> Iterator[Rule]:
    """Insiders who dial the public address: the router's own, and none of its inner ones."""
    inside = _inner_interfaces(context)
    own = (*_inner_addresses(context), *context.tunnel_addresses)
    for forward in context.forwards if context.hairpin and inside else ():
        yield Rule(
            Match(
                input_interfaces=inside,
                not_destinations=own,
                protocol=forward.protocol,
                ports=(forward.public,),
                local_destination=True,
            ),
            _to_target(forward),
            f"{HAIRPIN}: {forward.why}",
        )


def _hairpin_sources(context: NatContext) -> Iterator[Rule]:
    """Hide insiders from targets on their own segment only: those would answer them directly."""
    for forward in context.forwards if context.hairpin else ():
        segment = forward.segment
        if segment is None or forward.device == context.device:
            continue
        interfaces = _interfaces_on(context, segment)
        neighbours = context.places.on_segments(context.device.site, frozenset({segment}))
        if interfaces and neighbours:
            yield Rule(
                Match(
                    input_interfaces=interfaces,
                    output_interfaces=interfaces,
                    sources=networks_of(neighbours),
                    destinations=(host_prefix(forward.address),),
                    protocol=forward.protocol,
                    ports=(forward.inner,),
                    original_port=forward.public_port,
                ),
                Masquerade(),
                f"{HAIRPIN}: {forward.why}",
            )


def _to_target(forward: Forward) -> Action:
    return TranslateDestination(host_prefix(forward.address), forward.port)


# ---------------------------------------------------------------- hidden sources


def _masking_rule(masking: Masking) -> Rule:
    return Rule(
        Match(
            input_interfaces=masking.input_interfaces,
            output_interfaces=masking.output_interfaces,
            sources=masking.sources,
            destinations=masking.destinations,
        ),
        Masquerade(),
        masking.why,
    )


def _uplink_sources(context: NatContext) -> Iterator[Rule]:
    uplinks = context.places.uplinks(context.device)
    if uplinks and context.hidden:
        match = Match(output_interfaces=uplinks, sources=context.hidden)
        yield Rule(match, Masquerade(), "own networks leave by the uplink")


def _is_router(network: Network, addresses: Addresses, device: DeviceRef) -> bool:
    role = network.device(device).role
    return role is DeviceRole.ROUTER or device == addresses.routers[device.site]


def _hidden_networks(
    places: Places, device: DeviceRef, clients: list[IPv4Network]
) -> tuple[IPv4Network, ...]:
    """The site's own ranges, and those VPN clients to whom a flow opens the internet."""
    uplinks = places.uplinks(device)
    # On the uplink's own segment, where it has one, the hosts have the same way out themselves.
    beside = {i.segment for i in places.inner(device) if i.name in uplinks}
    own = (p.cidr for p in places.routed(device.site) if p.segment not in beside)
    return tuple(dict.fromkeys([*own, *clients]))


def _clients_to_internet(flows: tuple[PlannedFlow, ...]) -> dict[str, list[IPv4Network]]:
    """VPN ranges and clients that may open connections to the internet, by the site they enter."""
    found: dict[str, list[IPv4Network]] = {}
    for flow in flows:
        source = flow.source
        dials_in = source.kind in (PartyKind.VPN, PartyKind.CLIENT)
        if dials_in and source.site and flow.target.kind is PartyKind.INTERNET:
            found.setdefault(source.site, []).extend(source.networks)
    return found


# ---------------------------------------------------------------- look-ups


def _wireguard_by_device(mesh: Mesh) -> dict[DeviceRef, list[tuple[str, IPv4Network]]]:
    found: dict[DeviceRef, list[tuple[str, IPv4Network]]] = {}
    for interface in mesh.interfaces:
        own = (interface.name, host_prefix(interface.address.ip))
        found.setdefault(interface.device, []).append(own)
    return found


def _maskings_by_device(maskings: tuple[Masking, ...]) -> dict[DeviceRef, list[Masking]]:
    found: dict[DeviceRef, list[Masking]] = {}
    for masking in maskings:
        found.setdefault(masking.device, []).append(masking)
    return found


def _by_router(
    addresses: Addresses, forwards: tuple[Forward, ...]
) -> dict[DeviceRef, tuple[Forward, ...]]:
    """The forwards that each router translates; none where it listens on that port itself."""
    found: dict[DeviceRef, list[Forward]] = {}
    for forward in forwards:
        router = addresses.routers[forward.site]
        listens_there = forward.device == router and forward.port == forward.public_port
        if router and not listens_there:
            found.setdefault(router, []).append(forward)
    return {router: tuple(listed) for router, listed in found.items()}


def _inner_interfaces(context: NatContext) -> tuple[str, ...]:
    uplinks = context.places.uplinks(context.device)
    found = context.places.inner(context.device)
    return tuple(i.name for i in found if i.addresses and i.name not in uplinks)


def _interfaces_on(context: NatContext, segment: str) -> tuple[str, ...]:
    found = context.places.inner(context.device)
    return tuple(i.name for i in found if i.addresses and i.segment == segment)


def _inner_addresses(context: NatContext) -> tuple[IPv4Network, ...]:
    inside = _inner_interfaces(context)
    found = context.places.inner(context.device)
    return tuple(host_prefix(a.ip) for i in found if i.name in inside for a in i.addresses)
