"""Where the operator sits -> how each managed device is reached, and which is changed first."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from msgspec import Struct

from config.network import Network
from config.references import resolve_device
from plan.addresses import addresses_of, effective_address, sites_in_order
from plan.interfaces import prefix_of
from plan.masking import Masking, build_maskings
from plan.model import Addresses, ManagementPath, Mesh, PlannedPrefix
from plan.places import Places, find_places
from plan.ruleset import host_prefix
from terms.values import DeviceRef, PrefixRole

# Where the operator's own machine may stand, unless the description names prefixes.
OPERATOR_ROLES = frozenset({PrefixRole.USER, PrefixRole.INFRASTRUCTURE})


class OperatorView(Struct, frozen=True):
    """What every path of management is made from."""

    network: Network
    addresses: Addresses
    places: Places
    site: str
    # The operator's ranges, and the segments they lie on.
    prefixes: tuple[PlannedPrefix, ...]
    segments: frozenset[str]
    # Relay between the operator's site and each other site that needs one.
    relays: dict[str, str]
    maskings: dict[DeviceRef, list[Masking]]
    # Addresses of the gateways in the mesh.
    backbone: dict[DeviceRef, IPv4Address]


def build_management(
    network: Network, addresses: Addresses, mesh: Mesh
) -> dict[DeviceRef, ManagementPath]:
    """Compute the path to every managed device, in the order of (site id, device)."""
    view = _find_view(network, addresses, mesh)
    managed = (device for site in addresses.routers for device in view.places.managed[site])
    return {device: _path_to(view, device) for device in managed}


def operator_prefixes(network: Network, addresses: Addresses) -> tuple[PlannedPrefix, ...]:
    """The prefixes that may log in to devices; those of users and infrastructure by default."""
    operator = network.network.operator
    site = operator_site(network)
    chosen = operator.prefixes if operator else ()
    return tuple(
        prefix
        for prefix in addresses.prefixes
        if prefix.site == site
        and (prefix.name in chosen if chosen else prefix.role in OPERATOR_ROLES)
    )


def operator_site(network: Network) -> str:
    """The site of the operator; the one with the lowest id by default."""
    operator = network.network.operator
    return operator.at if operator else sites_in_order(network)[0][0]


def _find_view(network: Network, addresses: Addresses, mesh: Mesh) -> OperatorView:
    site = operator_site(network)
    prefixes = operator_prefixes(network, addresses)
    maskings: dict[DeviceRef, list[Masking]] = {}
    for masking in build_maskings(network, addresses, mesh):
        maskings.setdefault(masking.device, []).append(masking)
    links = (mesh.between(site, other) for other in mesh.sites if other != site)
    relays = {link.b: link.relay for link in links if link.relay}
    return OperatorView(
        network=network,
        addresses=addresses,
        places=find_places(network, addresses),
        site=site,
        prefixes=prefixes,
        segments=frozenset(prefix.segment for prefix in prefixes),
        relays=relays,
        maskings=maskings,
        backbone={i.device: i.address.ip for i in mesh.interfaces if i.endpoint is None},
    )


def _path_to(view: OperatorView, device: DeviceRef) -> ManagementPath:
    jump = _jump_to(view, device)
    passed = _passed_by_jump(view, device, jump) if jump else _passed(view, device)
    through = tuple(dict.fromkeys(ref for ref in passed if ref != device))
    return ManagementPath(
        device=device,
        through=through,
        in_band=device.site != view.site
        and not is_dialled_outside(view.network, view.places, device),
        sources=tuple(dict.fromkeys(_sources_at(view, device, jump))),
        distance=len(through),
    )


def _jump_to(view: OperatorView, device: DeviceRef) -> DeviceRef | None:
    manage = view.network.device(device).manage
    if manage is None or manage.jump is None:
        return None
    return resolve_device(view.network, manage.jump, device.site)


# ---------------------------------------------------------------- devices on the way


def _passed(view: OperatorView, device: DeviceRef) -> tuple[DeviceRef, ...]:
    """Every device between the operator's ranges and this one, nearest first."""
    routers, gateways = view.addresses.routers, view.addresses.gateways
    ways_out = (routers[view.site], gateways[view.site])
    relay = gateways.get(view.relays.get(device.site, ""))
    far = gateways[device.site]
    inside = _router_before(view, device)
    if device.site == view.site:
        return (inside,) if inside else ()
    if device == far:
        inside = None
    return tuple(ref for ref in (*ways_out, relay, far, inside) if ref)


def _passed_by_jump(
    view: OperatorView, device: DeviceRef, jump: DeviceRef
) -> tuple[DeviceRef, ...]:
    """To the jump host, and from there directly to a neighbour, else as everybody goes."""
    neighbours = jump.site == device.site and (
        view.places.segments(jump) & view.places.segments(device)
    )
    onwards = () if neighbours else _passed(view, device)
    return (*_passed(view, jump), jump, *onwards)


def _router_before(view: OperatorView, device: DeviceRef) -> DeviceRef | None:
    """The site's router, where the device is no neighbour of those who come to it."""
    gateway = view.addresses.gateways[device.site]
    if device.site == view.site:
        arriving = view.segments
    else:
        arriving = view.places.segments(gateway) if gateway else frozenset()
    if arriving & view.places.segments(device):
        return None
    return view.addresses.routers[device.site]


def is_dialled_outside(network: Network, places: Places, device: DeviceRef) -> bool:
    """Whether the operator dials a public name or address, and so needs no tunnel."""
    manage = network.device(device).manage
    if manage is None or manage.host is None:
        return False
    address = read_address(manage.host)
    if address is None:
        domain = network.network.domain
        return manage.host != domain and not manage.host.endswith(f".{domain}")
    own = places.prefixes[device.site]
    return not any(address in p.cidr or address in p.effective for p in own)


def _bench_of(view: OperatorView, device: DeviceRef) -> PlannedPrefix | None:
    """The range of the operator in which a device of another site stands to be prepared."""
    manage = view.network.device(device).manage
    address = read_address(manage.host) if manage and manage.host else None
    if address is None or prefix_of(view.places.prefixes[device.site], address):
        return None
    return prefix_of(view.prefixes, address)


def read_address(host: str) -> IPv4Address | None:
    """The address that is written as a host; None for a name."""
    try:
        return IPv4Address(host)
    except AddressValueError:
        return None


# ---------------------------------------------------------------- sources


def _sources_at(
    view: OperatorView, device: DeviceRef, jump: DeviceRef | None
) -> Iterator[IPv4Network]:
    """Whose packets the device sees when the operator dials it by any of the ways."""
    if jump:
        yield from _addresses_seen(view, jump, device)
    if device.site == view.site:
        yield from (prefix.cidr for prefix in view.prefixes)
        return
    bench = _bench_of(view, device)
    if bench:
        # A neighbour for now; the ranges of the mesh follow, so that it can travel as it is.
        yield bench.cidr
    elif is_dialled_outside(view.network, view.places, device):
        public = read_address(view.network.sites[view.site].circuit.endpoint or "")
        yield from (host_prefix(public),) if public else ()
    yield from _masked_on_arrival(view, device) or _sources_in_mesh(view)


def _addresses_seen(
    view: OperatorView, jump: DeviceRef, device: DeviceRef
) -> Iterator[IPv4Network]:
    """The addresses of a jump host, as its own site or another one sees them."""
    prefixes = view.places.prefixes[jump.site]
    for address in addresses_of(view.network.device(jump)):
        prefix = prefix_of(prefixes, address)
        outside = prefix is not None and jump.site != device.site
        seen = effective_address(prefix, address) if prefix and outside else address
        yield host_prefix(seen)
    if jump.site != device.site and jump in view.backbone:
        # A gateway sends into the mesh from its address there.
        yield host_prefix(view.backbone[jump])


def _masked_on_arrival(view: OperatorView, device: DeviceRef) -> tuple[IPv4Network, ...]:
    """The addresses under which a one-armed gateway hides the operator from its neighbours."""
    gateway = view.addresses.gateways[device.site]
    if gateway is None or gateway == device:
        return ()
    own = view.places.own_addresses(device)
    outputs = {
        name
        for masking in view.maskings.get(gateway, ())
        if any(address in network for address in own for network in masking.destinations)
        for name in masking.output_interfaces
    }
    interfaces = view.places.inner(gateway)
    return tuple(host_prefix(a.ip) for i in interfaces if i.name in outputs for a in i.addresses)


def _sources_in_mesh(view: OperatorView) -> tuple[IPv4Network, ...]:
    """The operator's ranges as other sites see them, and the router that hides some of them."""
    router = view.addresses.routers[view.site]
    ranges = {prefix.cidr for prefix in view.prefixes}
    hiding = {
        name
        for masking in (view.maskings.get(router, ()) if router else ())
        if ranges & set(masking.sources)
        for name in masking.output_interfaces
    }
    own = view.places.inner(router) if router else ()
    hidden = (a.ip for i in own if i.name in hiding for a in i.addresses)
    prefixes = view.places.prefixes[view.site]
    return (
        *(prefix.effective for prefix in view.prefixes),
        *(
            host_prefix(effective_address(prefix, address))
            for address in hidden
            if (prefix := prefix_of(prefixes, address))
        ),
    )
