"""Nothing has an address in a reserved prefix."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from config.inventory import site_addresses, site_path
from config.network import Network
from config.references import End, parse_end
from config.site import Site, SitePrefix
from terms.problem import Problem
from terms.values import PrefixRole


def check(network: Network) -> list[Problem]:
    """Refuse addresses, DHCP and flows that use a reserved prefix."""
    found = [one for name, site in network.sites.items() for one in _check_site(name, site)]
    return [*found, *_check_flows(network)]


def _check_site(name: str, site: Site) -> Iterator[Problem]:
    reserved = {
        key: prefix for key, prefix in site.prefixes.items() if prefix.role is PrefixRole.RESERVED
    }
    for key, prefix in reserved.items():
        for held in site_addresses(name, site):
            if held.address in prefix.cidr:
                yield _refuse(held.path, f"{held.name} has {held.address}", key, prefix.cidr)
        if prefix.dhcp:
            path = f"{site_path(name, 'prefixes', key)}.dhcp"
            yield _refuse(path, f"DHCP gives out {prefix.dhcp.pool}", key, prefix.cidr)


def _check_flows(network: Network) -> Iterator[Problem]:
    for index, flow in enumerate(network.flows):
        for key, text in (("from", flow.source), ("to", flow.target)):
            end = parse_end(network, text)
            prefix = _prefix(network, end) if end else None
            if prefix and prefix.role is PrefixRole.RESERVED:
                path = f"la1r:flows[{index}].{key}"
                yield _refuse(path, f"the flow names {text}", text, prefix.cidr)


def _prefix(network: Network, end: End) -> SitePrefix | None:
    if end.site is None or end.prefix is None:
        return None
    return network.sites[end.site].prefixes[end.prefix]


def _refuse(path: str, what: str, name: str, cidr: IPv4Network) -> Problem:
    return Problem(
        "E-PFX-11",
        path,
        f"{what}, and {name} {cidr} is reserved",
        "an address there is meant to show a wrongly configured device",
        "use another prefix, or give this one another role",
    )
