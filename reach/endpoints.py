"""A plan -> every endpoint by the name a user writes, and where it stands."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from msgspec import Struct

from config.references import resolve_device
from plan.model import PartyKind, Plan, PlannedPrefix
from reach.address_classes import AddressClasses, NoAddressLeftError, masked
from reach.findings import Endpoint, EndpointKind
from reach.standing import DeviceStart, HostStart, InternetStart, Standing, TunnelStart
from reach.world import World
from terms.values import DeviceRef, PrefixRole


class Census(Struct, frozen=True):
    """What endpoints are made from."""

    plan: Plan
    world: World
    classes: AddressClasses


def find_standings(census: Census) -> Iterator[Standing]:
    """Everyone with an address, in the order internet, sites by id, VPN."""
    outside = Endpoint("internet", EndpointKind.INTERNET, "everyone outside")
    address = census.world.internet
    dials = ((each,) for each in (address, *_named_outside(census)))
    yield Standing(outside, (InternetStart(address),), tuple(dials))
    for prefix in census.plan.addresses.prefixes:
        yield _of_prefix(census, prefix)
    for site, record in census.plan.network.sites.items():
        for name in sorted(record.devices):
            yield from _of_device(census, DeviceRef(site, name))
    yield from _of_vpn(census)


def _named_outside(census: Census) -> Iterator[int]:
    """Addresses in the internet that flows name, but for those at which a site answers."""
    parties = (flow.target for flow in census.plan.flows)
    named = {
        int(network.network_address)
        for party in parties
        if party.kind is PartyKind.INTERNET
        for network in party.networks
    }
    yield from sorted(named - set(census.world.publics.values()))


# ---------------------------------------------------------------- prefixes


def _of_prefix(census: Census, prefix: PlannedPrefix) -> Standing:
    addresses = tuple(_strangers(census, prefix.cidr, prefix.site))
    segment = (prefix.site, prefix.segment)
    return Standing(
        Endpoint(
            prefix.reference,
            EndpointKind.PREFIX,
            f"any other host of {prefix.cidr}, role {prefix.role}",
            prefix.site,
        ),
        tuple(HostStart(segment, address) for address in addresses),
        tuple(census.world.means(prefix.site, address) for address in addresses),
    )


def _strangers(census: Census, network: IPv4Network, site: str) -> Iterator[int]:
    """One address for each class of the range that belongs to nobody with a name."""
    owned = {address for (segment, address) in census.world.owners if segment[0] == site}
    taken = frozenset(owned | set(census.world.services))
    for part in census.classes.inside(network):
        try:
            yield census.classes.stand_in(part, taken)
        except NoAddressLeftError:
            continue


# ---------------------------------------------------------------- devices


def _of_device(census: Census, ref: DeviceRef) -> Iterator[Standing]:
    """A device; one that no rule tells apart from its range is the same as that."""
    box = census.world.boxes.get(ref)
    device = census.plan.network.device(ref)
    what = f"{device.role}, {device.platform}"
    if box is None or not box.addresses:
        same = _range_of_segment(census, ref)
        if same:
            yield Standing(Endpoint(str(ref), EndpointKind.DEVICE, what, ref.site, same_as=same))
        return
    if box.node:
        what = f"{what}, cluster node with its hostNetwork pods"
    same = None if box.managed or box.forwards or box.node else _class_of(census, ref)
    endpoint = Endpoint(str(ref), EndpointKind.DEVICE, what, ref.site, same_as=same)
    if same:
        yield Standing(endpoint, device=ref)
        return
    starts = tuple(
        HostStart(port.segment, address)
        for port in box.ports.values()
        for address in port.addresses
        if port.segment
    )
    public = census.world.publics[ref.site]
    dials = tuple(
        census.world.means(ref.site, address) for address in sorted(box.addresses - {public})
    )
    own = (DeviceStart(ref),) if box.managed or box.forwards or box.node else starts
    yield Standing(endpoint, own, dials, device=ref)


def _class_of(census: Census, ref: DeviceRef) -> str | None:
    """The range whose other hosts are treated as this device is; None where some rule names it."""
    addresses = census.world.boxes[ref].addresses
    address = min(addresses)
    place = census.world.range_at(ref.site, address)
    if place is None or len(addresses) > 1:
        return None
    alike = masked(IPv4Network(census.classes.innermost(address))) == place.network
    return place.reference if alike else None


def _range_of_segment(census: Census, ref: DeviceRef) -> str | None:
    """The range in which a device without a written address is given one."""
    device = census.plan.network.device(ref)
    named = (port.segment for _, port in sorted(device.interfaces.items()) if port.segment)
    segment = device.segment or next(named, None)
    ranges = (
        prefix
        for prefix in census.plan.addresses.prefixes
        if prefix.site == ref.site
        and prefix.segment == segment
        and prefix.role not in (PrefixRole.LOAD_BALANCER, PrefixRole.RESERVED)
    )
    found = next(ranges, None)
    return found.reference if found else None


# ---------------------------------------------------------------- VPN


def _of_vpn(census: Census) -> Iterator[Standing]:
    network = census.plan.network
    for name, record in sorted(network.vpn.endpoints.items()):
        ref = resolve_device(network, record.at)
        if ref is None or ref not in census.world.boxes:
            continue
        tunnel = f"wg-{name}"
        known = {
            client: int(record.cidr.network_address) + found.index
            for client, found in network.vpn.clients.items()
            if found.endpoint == name
        }
        own = int(record.cidr.network_address) + 1
        addresses = tuple(_unknown_clients(census, record.cidr, {own, *known.values()}))
        yield Standing(
            Endpoint(
                f"vpn.{name}",
                EndpointKind.VPN,
                f"any other client, {record.cidr}",
                ref.site,
                record.tenant,
            ),
            tuple(TunnelStart(ref, tunnel, address) for address in addresses),
            tuple((address,) for address in addresses),
            device=ref,
        )
        whole = (int(record.cidr.network_address), record.cidr.prefixlen)
        for client, address in sorted(known.items()):
            alike = census.classes.innermost(address) == whole
            what = f"client of vpn.{name}"
            kind, same = EndpointKind.CLIENT, f"vpn.{name}" if alike else None
            endpoint = Endpoint(f"client.{client}", kind, what, ref.site, record.tenant, same)
            start = TunnelStart(ref, tunnel, address)
            yield Standing(endpoint, (start,), ((address,),), device=ref)


def _unknown_clients(census: Census, network: IPv4Network, taken: Iterable[int]) -> Iterator[int]:
    known = frozenset(taken)
    for part in census.classes.inside(network):
        try:
            yield census.classes.stand_in(part, known)
        except NoAddressLeftError:
            continue
