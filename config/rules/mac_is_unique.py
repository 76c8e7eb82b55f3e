"""A MAC address belongs to one device."""

from collections.abc import Iterator

from config.inventory import site_path
from config.network import Network
from config.repeats import find_repeats
from config.site import Device, Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a MAC address that is written for two interfaces, devices or reservations."""
    macs = (one for name, site in network.sites.items() for one in _macs(name, site))
    return [
        Problem(
            "E-MAC-03",
            path,
            f"{mac} is already written at {other}",
            "the DHCP server would give both the same lease, and switches would lose frames",
            "copy the MAC address from each device again",
        )
        for mac, path, other in find_repeats(macs)
    ]


def _macs(site_name: str, site: Site) -> Iterator[tuple[str, str]]:
    for name, device in site.devices.items():
        yield from _device_macs(site_path(site_name, "devices", name), device)
    for name, prefix in site.prefixes.items():
        path = f"{site_path(site_name, 'prefixes', name)}.dhcp.reservations"
        for entry, reservation in (prefix.dhcp.reservations if prefix.dhcp else {}).items():
            yield reservation.mac, f"{path}.{entry}.mac"


def _device_macs(path: str, device: Device) -> Iterator[tuple[str, str]]:
    if device.mac:
        yield device.mac, f"{path}.mac"
    for port, interface in device.interfaces.items():
        # A device with one interface may write its MAC address in both places.
        if interface.mac and not (interface.mac == device.mac and len(device.interfaces) == 1):
            yield interface.mac, f"{path}.interfaces.{port}.mac"
