"""A port takes one cable."""

from collections.abc import Iterator

from config.links import End, list_links
from config.network import Network
from config.site import Site
from terms.problem import Problem
from terms.values import DeviceRole


def check(network: Network) -> list[Problem]:
    """Refuse a second cable in one port; a patch panel's port has a front and a back."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(name: str, site: Site) -> Iterator[Problem]:
    used: dict[End, list[str]] = {}
    for link in list_links(name, site):
        # Of a cable from a port to itself another rule speaks.
        for end in {link.a, link.b} if link.wired and link.a != link.b else ():
            paths = used.setdefault(end, [])
            paths.append(link.path)
            if len(paths) > _sides(site, end) and end.port:
                yield _refuse(link.path, end, paths[0])


def _sides(site: Site, end: End) -> int:
    device = site.devices.get(end.device)
    return 2 if device and device.role is DeviceRole.PATCH_PANEL else 1


def _refuse(path: str, end: End, other: str) -> Problem:
    return Problem(
        "E-CAB-04",
        path,
        f"the port {end} is already taken by {other}",
        "only one of the two cables can be plugged in",
        "name the port that this cable really ends at",
    )
