"""One server gives leases on a segment."""

from collections.abc import Iterator

from config.inventory import router_of, segment_of, site_path
from config.network import Network
from config.references import resolve_device
from config.site import Site
from terms.problem import Problem
from terms.values import DeviceRef


def check(network: Network) -> list[Problem]:
    """Refuse two DHCP servers on one segment."""
    return [one for name, site in network.sites.items() for one in _check_site(network, name, site)]


def _check_site(network: Network, site_name: str, site: Site) -> Iterator[Problem]:
    first: dict[str, tuple[DeviceRef, str]] = {}
    for name, prefix in site.prefixes.items():
        written = (prefix.dhcp.server or router_of(site)) if prefix.dhcp else None
        server = resolve_device(network, written, site_name) if written else None
        if server is None:
            continue
        segment = segment_of(name, prefix)
        path = f"{site_path(site_name, 'prefixes', name)}.dhcp"
        other, where = first.setdefault(segment, (server, path))
        if other != server:
            yield Problem(
                "E-DHC-11",
                path,
                f"{server} gives leases on the segment {segment}, and {other} does ({where})",
                "a host takes the answer that comes first, so it would land in either range",
                "name one server for both, or put the prefixes on two segments",
            )
