"""A managed router has one way to the internet."""

from collections.abc import Iterator

from config.inventory import is_managed, prefix_of, router_of, segment_of, site_path
from config.network import Network
from config.site import Device, Site
from terms.problem import Problem
from terms.values import DeviceRole


def check(network: Network) -> list[Problem]:
    """Refuse a managed router without an uplink, and a managed device with several."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(site_name: str, site: Site) -> Iterator[Problem]:
    router = router_of(site)
    for name, device in site.devices.items():
        if is_managed(device):
            path = site_path(site_name, "devices", name)
            yield from _check_device(path, name, device, name == router)
            if name == router:
                yield from _check_way_out(path, name, site)


def _check_way_out(path: str, name: str, site: Site) -> Iterator[Problem]:
    """An uplink may lie on a segment of the site only where a further router stands on it."""
    for port, interface in site.devices[name].interfaces.items():
        segment = interface.segment
        if not (interface.uplink and segment):
            continue
        others = (one for key, one in site.devices.items() if key != name)
        if not any(one.role is DeviceRole.ROUTER and _is_on(site, one, segment) for one in others):
            yield Problem(
                "E-DEV-10",
                f"{path}.interfaces.{port}.segment",
                f"{port} is the uplink, and on the segment {segment}, where no other router is",
                "packets for the internet would be sent to the site's own hosts",
                "leave `segment` out at the uplink, or describe the router behind it",
            )


def _is_on(site: Site, device: Device, segment: str) -> bool:
    own = {device.segment, *(port.segment for port in device.interfaces.values())}
    addresses = [
        device.address,
        *(a for port in device.interfaces.values() for a in port.addresses),
    ]
    prefixes = (prefix_of(site, address) for address in addresses if address)
    return segment in own | {segment_of(*found) for found in prefixes if found}


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
