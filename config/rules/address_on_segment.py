"""The address of an interface or a device lies in a prefix of its segment."""

from collections.abc import Iterator

from config.inventory import device_addresses, prefix_of, segment_of
from config.network import Network
from config.site import Device, Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse an address whose prefix lies on another segment than its interface."""
    return [
        problem
        for site_name, site in network.sites.items()
        for name, device in site.devices.items()
        for problem in _check(site, site_name, name, device)
    ]


def _check(site: Site, site_name: str, name: str, device: Device) -> Iterator[Problem]:
    for held in device_addresses(site_name, name, device):
        allowed = _segments(device, held.interface)
        found = prefix_of(site, held.address)
        if found is None or not allowed:
            continue
        actual = segment_of(*found)
        if actual not in allowed:
            yield Problem(
                "E-ADR-05",
                held.path,
                f"{held.address} is in {site_name}.{found[0]} {found[1].cidr} on segment {actual},"
                f" and {held.interface or name} is on {' and '.join(sorted(allowed))}",
                "its neighbours would look for it on another segment",
                f"correct the address, or the segment of {held.interface or name}",
            )


def _segments(device: Device, interface: str | None) -> set[str]:
    """Name the segments that the address may lie on; empty when nothing is said."""
    if interface is None:
        return {device.segment} if device.segment else set()
    port = device.interfaces[interface]
    return {*port.tagged, *([port.segment] if port.segment else [])}
