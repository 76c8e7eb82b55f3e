"""A port takes one cable."""

from config.links import End, list_links
from config.network import Network
from terms.problem import Problem
from terms.values import DeviceRole


def check(network: Network) -> list[Problem]:
    """Refuse a second cable in one port; a patch panel's port has a front and a back."""
    found = []
    for name, site in network.sites.items():
        used: dict[End, list[str]] = {}
        for link in list_links(name, site):
            for end in {link.a, link.b} if link.wired and link.a != link.b else ():
                paths = used.setdefault(end, [])
                paths.append(link.path)
                device = site.devices.get(end.device)
                panel = device is not None and device.role is DeviceRole.PATCH_PANEL
                if len(paths) > (2 if panel else 1) and end.port:
                    found.append(_refuse(link.path, end, paths[0]))
    return found


def _refuse(path: str, end: End, other: str) -> Problem:
    return Problem(
        "E-CAB-04",
        path,
        f"the port {end} is taken by {other} already",
        "only one of the two cables can be plugged in",
        "name the port that this cable really ends at",
    )
