"""Sites as described -> every prefix, interface and host, as its own site and others see it."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address
from itertools import chain
from typing import TypeVar

from config.inventory import is_managed
from config.network import Network
from config.references import resolve_device
from config.site import Device, Site
from plan.interfaces import Wiring, build_interfaces, ports_of, prefix_of
from plan.model import Addresses, Host, L3Interface, PlannedPrefix
from terms.values import DeviceRef, DeviceRole

Item = TypeVar("Item")


def build_addresses(network: Network) -> Addresses:
    """Compute every address of the network and its segment, ordered by (site id, name)."""
    sites = sites_in_order(network)
    routers = {name: _router_of(name, site) for name, site in sites}
    prefixes = {name: _prefixes_of(name, site, routers[name]) for name, site in sites}
    interfaces = {name: _interfaces_of(name, site, prefixes[name]) for name, site in sites}
    hosts = {name: _hosts_of(name, site, prefixes[name], interfaces[name]) for name, site in sites}
    return Addresses(
        prefixes=_flat(prefixes.values()),
        interfaces=_flat(interfaces.values()),
        hosts=_flat(hosts.values()),
        routers=routers,
        gateways={name: _gateway_of(name, site, routers[name]) for name, site in sites},
        nodes=_nodes_of(network),
    )


def sites_in_order(network: Network) -> tuple[tuple[str, Site], ...]:
    """The sites with their names, by (id, name)."""
    return tuple(sorted(network.sites.items(), key=lambda item: (item[1].id, item[0])))


def addresses_of(device: Device) -> tuple[IPv4Address, ...]:
    """Every address written for a device, the one it is known by first."""
    own = (device.address,) if device.address else ()
    ports = (port.addresses for _, port in sorted(device.interfaces.items()) if not port.uplink)
    uplinks = (port.addresses for _, port in sorted(device.interfaces.items()) if port.uplink)
    return tuple(dict.fromkeys([*own, *_flat(ports), *_flat(uplinks)]))


def effective_address(prefix: PlannedPrefix, address: IPv4Address) -> IPv4Address:
    """The address under which other sites know a host of this prefix."""
    if prefix.alias is None:
        return address
    offset = int(address) - int(prefix.cidr.network_address)
    return prefix.alias.network_address + offset


def _flat(groups: Iterable[Iterable[Item]]) -> tuple[Item, ...]:
    return tuple(chain.from_iterable(groups))


def _only(names: Iterable[str]) -> str | None:
    found = list(names)
    return found[0] if len(found) == 1 else None


def _router_of(name: str, site: Site) -> DeviceRef | None:
    routers = (key for key, device in site.devices.items() if device.role is DeviceRole.ROUTER)
    router = site.router or _only(routers)
    return DeviceRef(name, router) if router in site.devices else None


def _gateway_of(name: str, site: Site, router: DeviceRef | None) -> DeviceRef | None:
    if site.gateway:
        return DeviceRef(name, site.gateway) if site.gateway in site.devices else None
    if router and is_managed(site.devices[router.device]):
        return router
    gateway = _only(key for key, device in site.devices.items() if is_managed(device))
    return DeviceRef(name, gateway) if gateway else None


def _prefixes_of(name: str, site: Site, router: DeviceRef | None) -> tuple[PlannedPrefix, ...]:
    own = addresses_of(site.devices[router.device]) if router else ()
    return tuple(
        PlannedPrefix(
            site=name,
            name=key,
            cidr=prefix.cidr,
            alias=prefix.alias,
            role=prefix.role,
            segment=prefix.segment or key,
            gateway=prefix.gateway or next((a for a in own if a in prefix.cidr), None),
        )
        for key, prefix in sorted(site.prefixes.items())
    )


def _interfaces_of(
    name: str, site: Site, prefixes: tuple[PlannedPrefix, ...]
) -> tuple[L3Interface, ...]:
    ports = ports_of(site)
    vlans = {key: segment.vlan for key, segment in site.segments.items() if segment.vlan}
    return _flat(
        build_interfaces(Wiring(DeviceRef(name, key), device, ports[key], prefixes, vlans))
        for key, device in sorted(site.devices.items())
    )


def _hosts_of(
    name: str,
    site: Site,
    prefixes: tuple[PlannedPrefix, ...],
    interfaces: tuple[L3Interface, ...],
) -> tuple[Host, ...]:
    macs = {
        (interface.device.device, address.ip): interface.mac
        for interface in interfaces
        for address in interface.addresses
    }
    hosts = [*_device_hosts(site, prefixes, macs), *_reservation_hosts(site, prefixes)]
    # The sort is stable: the address that a device is known by stays its first.
    return tuple(sorted(hosts, key=lambda host: (name, host.name)))


def _device_hosts(
    site: Site,
    prefixes: tuple[PlannedPrefix, ...],
    macs: dict[tuple[str, IPv4Address], str | None],
) -> Iterator[Host]:
    for key, device in site.devices.items():
        for address in addresses_of(device):
            if prefix := prefix_of(prefixes, address):
                yield _host(prefix, key, address, macs.get((key, address)), device.dns)


def _reservation_hosts(site: Site, prefixes: tuple[PlannedPrefix, ...]) -> Iterator[Host]:
    for planned in prefixes:
        dhcp = site.prefixes[planned.name].dhcp
        for key, reservation in sorted(dhcp.reservations.items()) if dhcp else ():
            yield _host(planned, key, reservation.address, reservation.mac, ())


def _host(
    prefix: PlannedPrefix,
    name: str,
    address: IPv4Address,
    mac: str | None,
    further_names: tuple[str, ...],
) -> Host:
    return Host(
        site=prefix.site,
        name=name,
        address=address,
        effective=effective_address(prefix, address),
        prefix=prefix.name,
        segment=prefix.segment,
        mac=mac,
        names=(name, *further_names),
    )


def _nodes_of(network: Network) -> tuple[tuple[DeviceRef, IPv4Address], ...]:
    if network.cluster is None:
        return ()
    found: list[tuple[DeviceRef, IPv4Address]] = []
    for text, node in network.cluster.nodes.items():
        ref = resolve_device(network, text)
        own = addresses_of(network.device(ref)) if ref else ()
        if ref and (address := node.address or next(iter(own), None)):
            found.append((ref, address))
    return tuple(sorted(found, key=lambda item: (network.sites[item[0].site].id, item[0])))
