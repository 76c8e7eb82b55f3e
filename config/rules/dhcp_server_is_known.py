"""DHCP has a server, and a relay only where it helps."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.inventory import device_addresses, is_managed, router_of, segment_of, site_path
from config.network import Network
from config.references import resolve_device
from config.site import Dhcp, Site
from config.unknown import check_device
from terms.problem import Problem, Severity
from terms.values import DeviceRef


def check(network: Network) -> list[Problem]:
    """Refuse unknown servers and relays; warn of servers that this stack cannot configure."""
    return [
        problem
        for site_name, site in network.sites.items()
        for name, prefix in site.prefixes.items()
        if prefix.dhcp
        for problem in _check(
            network,
            (site_name, site),
            f"{site_path(site_name, 'prefixes', name)}.dhcp",
            prefix.dhcp,
        )
    ]


def _check(network: Network, place: tuple[str, Site], path: str, dhcp: Dhcp) -> Iterator[Problem]:
    site_name, site = place
    for key, text in (("relay", dhcp.relay), ("server", dhcp.server)):
        if text:
            yield from check_device(network, text, f"{path}.{key}", site_name)
            yield from _check_site(network, site_name, f"{path}.{key}", text)
    server = dhcp.server or router_of(site)
    found = resolve_device(network, server, site_name) if server else None
    if server is None:
        yield Problem(
            "E-DHC-07",
            path,
            f"no server is named, and {site_name} has no router to be it",
            "nobody would answer the requests",
            "add `server:` with a device of the site",
        )
    elif found and not is_managed(network.device(found)):
        yield Problem(
            "W-DHC-08",
            path,
            f"the DHCP server {found} is not managed",
            "its pool and reservations appear on a sheet, to be set by hand",
            f"nothing, if that is meant; else write `platform: linux` for {found.device}",
            Severity.WARNING,
        )
    if found and found.site == site_name:
        yield from _check_way(network, site, path, (found, dhcp))
    if found and dhcp.relay and resolve_device(network, dhcp.relay, site_name) == found:
        yield Problem(
            "E-DHC-09",
            f"{path}.relay",
            f"{found} is server and relay of the same prefix",
            "it would send requests to itself",
            "leave `relay` out, or name the device that stands on the other segment",
        )


def _check_way(
    network: Network, site: Site, path: str, service: tuple[DeviceRef, Dhcp]
) -> Iterator[Problem]:
    """Requests are broadcasts: the server hears them itself, or a relay that stands among them."""
    server, dhcp = service
    name = path.removesuffix(".dhcp").rpartition(".")[2]
    prefix = site.prefixes[name]
    segment = segment_of(name, prefix)
    on_segment = [one for key, one in site.prefixes.items() if segment_of(key, one) == segment]
    if any(a in one.cidr for a in _addresses(network, server) for one in on_segment):
        return
    relay = resolve_device(network, dhcp.relay, server.site) if dhcp.relay else None
    if dhcp.relay and relay is None:
        return
    if relay is None or not any(a in prefix.cidr for a in _addresses(network, relay)):
        lacking = f"the relay {relay} has none in {prefix.cidr}" if relay else "there is no relay"
        yield Problem(
            "E-DHC-12",
            f"{path}.relay" if relay else path,
            f"the server {server} has no address on the segment {segment}, and {lacking}",
            "requests are broadcasts, so nobody there would get an address",
            f"write `relay:` with a device that has an address in {prefix.cidr}",
        )


def _addresses(network: Network, ref: DeviceRef) -> list[IPv4Address]:
    held = device_addresses(ref.site, ref.device, network.device(ref))
    return [one.address for one in held]


def _check_site(network: Network, site_name: str, path: str, text: str) -> Iterator[Problem]:
    found = resolve_device(network, text, site_name)
    if found and found.site != site_name:
        yield Problem(
            "E-DHC-10",
            path,
            f"{found} stands at another site than {site_name}",
            "hosts ask for an address before any router would pass that on to another site",
            f"name a device of {site_name}",
        )
