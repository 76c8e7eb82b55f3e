"""A managed router has one way to the internet."""

from collections.abc import Iterator

from config.inventory import is_managed, router_of, site_path
from config.network import Network
from config.site import Device, Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a managed router without an uplink, and a managed device with several."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(site_name: str, site: Site) -> Iterator[Problem]:
    router = router_of(site)
    for name, device in site.devices.items():
        if is_managed(device):
            path = site_path(site_name, "devices", name)
            yield from _check_device(path, name, device, name == router)


def _check_device(path: str, name: str, device: Device, is_router: bool) -> Iterator[Problem]:
    uplinks = [port for port, one in device.interfaces.items() if one.uplink]
    if is_router and not uplinks:
        yield Problem(
            "E-DEV-05",
            f"{path}.interfaces",
            f"the router {name} has no interface with `uplink: true`",
            "nothing would be translated, and no way would lead out of the site",
            "mark the interface that leads to the internet, as `wan0: {uplink: true}`",
        )
    if len(uplinks) > 1:
        yield Problem(
            "E-DEV-06",
            f"{path}.interfaces.{uplinks[1]}.uplink",
            f"{name} has {len(uplinks)} uplinks: {', '.join(uplinks)}",
            "this version uses one uplink, and would not know which",
            "keep `uplink: true` on one of them",
        )
