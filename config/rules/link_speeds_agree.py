"""A cable runs at the speed of both its ports, over what both of them have sockets for."""

from collections.abc import Iterator

from config.links import End, Link, list_links
from config.network import Network
from config.site import Interface, Site
from terms.problem import Problem, Severity
from terms.values import Medium


def check(network: Network) -> list[Problem]:
    """Warn of a cable whose speed or medium differs from that of a port."""
    return [
        problem
        for name, site in network.sites.items()
        for link in list_links(name, site)
        if link.wired
        for problem in _check(site, link)
    ]


def _check(site: Site, link: Link) -> Iterator[Problem]:
    ports = [(end, _port(site, end)) for end in (link.a, link.b)]
    speeds = {str(end): port.speed for end, port in ports if port and port.speed}
    if link.speed:
        speeds["the cable"] = link.speed
    if len(set(speeds.values())) > 1:
        yield Problem(
            "W-CAB-08",
            link.path,
            "speeds differ: " + ", ".join(f"{name} {speed}" for name, speed in speeds.items()),
            "the link runs at the slowest of them",
            "correct the speed that is wrong, or leave it out where it is negotiated",
            Severity.WARNING,
        )
    for end, port in ports:
        if port and port.medium is not link.medium and port.medium is not Medium.WIRELESS:
            yield Problem(
                "W-CAB-09",
                link.path,
                f"the cable is {link.medium}, and {end} takes {port.medium}",
                "it would not fit without a converter",
                "write the medium of the cable, or put the media converter in between",
                Severity.WARNING,
            )


def _port(site: Site, end: End) -> Interface | None:
    device = site.devices.get(end.device)
    return device.interfaces.get(end.port) if device and end.port else None
