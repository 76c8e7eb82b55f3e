"""A network -> what its sites hold: addresses, segments, routers and gateways, with their paths."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from msgspec import Struct

from config.network import Network
from config.site import Device, Site, SitePrefix
from terms.values import DeviceRole, Platform, PrefixRole

# Roles of ranges in which somebody asks for names, goes out or is managed without a declared flow.
ROLES_WITH_HOSTS = frozenset(
    {PrefixRole.USER, PrefixRole.IOT, PrefixRole.INFRASTRUCTURE, PrefixRole.SERVERS}
)


class Held(Struct, frozen=True):
    """An address that something at a site has, and where that is written."""

    site: str
    name: str
    address: IPv4Address
    path: str
    # The interface that has it; None for a device's only address and for a reservation.
    interface: str | None = None
    reservation: bool = False


def site_path(site: str, kind: str, name: str) -> str:
    """Write the path of a record of a site."""
    return f"la1r:sites.{site}.{kind}.{name}"


def device_addresses(site: str, name: str, device: Device) -> Iterator[Held]:
    """List the addresses of a device with their paths."""
    path = site_path(site, "devices", name)
    if device.address:
        yield Held(site, name, device.address, f"{path}.address")
    for port, interface in device.interfaces.items():
        for index, address in enumerate(interface.addresses):
            where = f"{path}.interfaces.{port}.addresses[{index}]"
            yield Held(site, name, address, where, port)


def site_addresses(name: str, site: Site) -> Iterator[Held]:
    """List every address that a device or a reservation of the site has."""
    for device_name, device in site.devices.items():
        yield from device_addresses(name, device_name, device)
    yield from reserved_addresses(name, site)


def reserved_addresses(name: str, site: Site) -> Iterator[Held]:
    """List the addresses of DHCP reservations that stand apart from devices."""
    for prefix_name, prefix in site.prefixes.items():
        for entry, reservation in (prefix.dhcp.reservations if prefix.dhcp else {}).items():
            where = site_path(name, "prefixes", prefix_name)
            path = f"{where}.dhcp.reservations.{entry}.address"
            yield Held(name, entry, reservation.address, path, reservation=True)


def first_address(device: Device) -> IPv4Address | None:
    """Find the address that stands for a device: its own, else the first of its interfaces."""
    if device.address:
        return device.address
    addresses = (one for port in device.interfaces.values() for one in port.addresses)
    return next(addresses, None)


def prefix_of(site: Site, address: IPv4Address) -> tuple[str, SitePrefix] | None:
    """Find the prefix of a site that holds an address."""
    return next((item for item in site.prefixes.items() if address in item[1].cidr), None)


def segment_of(name: str, prefix: SitePrefix) -> str:
    """Name the segment of a prefix: one of its own unless it says another."""
    return prefix.segment or name


def segment_names(site: Site) -> set[str]:
    """Name the segments of a site: those listed, and those that prefixes lie on."""
    return {*site.segments, *(segment_of(*item) for item in site.prefixes.items())}


def is_managed(device: Device) -> bool:
    """Whether this stack configures the device."""
    return device.platform is not Platform.UNMANAGED


def router_of(site: Site) -> str | None:
    """Name the default router of a site: the one it says, else its only router."""
    if site.router:
        return site.router
    routers = [name for name, one in site.devices.items() if one.role is DeviceRole.ROUTER]
    return routers[0] if len(routers) == 1 else None


def gateway_of(site: Site) -> str | None:
    """Name the gateway of a site: the one it says, else its router where that is managed."""
    if site.gateway:
        return site.gateway
    router = router_of(site)
    managed = router in site.devices and is_managed(site.devices[router])
    return router if managed else None


def can_be_dialled(site: Site) -> bool:
    """Say whether the internet reaches the site: a name for a circuit that is not shared."""
    return site.circuit.kind != "cgnat" and site.circuit.endpoint is not None


def needs_mesh(network: Network) -> bool:
    """Say whether sites are joined, so that each needs a gateway."""
    return len(network.sites) > 1
