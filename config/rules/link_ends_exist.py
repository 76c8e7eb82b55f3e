"""Cables and radio links join two different ports that exist."""

from collections.abc import Iterator

from config.links import End, Link, list_links
from config.network import Network
from config.site import Device, Site
from config.suggest import suggest
from terms.problem import Problem
from terms.values import DeviceRole, Medium


def check(network: Network) -> list[Problem]:
    """Refuse links with an unknown device or port, and links of a port or device with itself."""
    return [
        problem
        for name, site in network.sites.items()
        for link in list_links(name, site)
        for problem in _check(name, site, link)
    ]


def _check(site_name: str, site: Site, link: Link) -> Iterator[Problem]:
    for end in (link.a, link.b):
        yield from _check_end(site_name, site, link, end)
    if link.a.device == link.b.device and not _may_be_looped(site, link):
        yield Problem(
            "E-CAB-05",
            link.path,
            f"both ends are at {link.a.device}",
            "the link leads nowhere",
            "write the device at the other end",
        )


def _may_be_looped(site: Site, link: Link) -> bool:
    device = site.devices.get(link.a.device)
    panel = device is not None and device.role is DeviceRole.PATCH_PANEL
    return panel and link.a.port != link.b.port


def _check_end(site_name: str, site: Site, link: Link, end: End) -> Iterator[Problem]:
    device = site.devices.get(end.device)
    if device is None:
        yield Problem(
            "E-CAB-02",
            link.path,
            f"{site_name} has no device {end.device}",
            "the link has one end alone",
            suggest(end.device, site.devices),
        )
    elif end.port is None and link.wired:
        yield Problem(
            "E-CAB-06",
            link.path,
            f"the end {end} names no port",
            "a port used twice could not be noticed, and no port sheet be written",
            f"write it with its port, as {end.device}/eth0",
        )
    elif end.port and device.interfaces and end.port not in device.interfaces:
        yield Problem(
            "E-CAB-03",
            link.path,
            f"{end.device} lists its interfaces, and {end.port} is not among them",
            "the link would end at a port that nobody knows of",
            suggest(end.port, device.interfaces) + f" Or add `{end.port}: {{}}` to them",
        )
    elif link.wired and _is_radio(device, end):
        yield Problem(
            "E-CAB-07",
            link.path,
            f"a cable ends at {end}, which is wireless",
            "there is no socket to plug it into",
            "list the link under `wireless`, or correct the port",
        )


def _is_radio(device: Device, end: End) -> bool:
    port = device.interfaces.get(end.port) if end.port else None
    return port is not None and port.medium is Medium.WIRELESS
