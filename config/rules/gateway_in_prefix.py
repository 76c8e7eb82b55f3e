"""The default router of a prefix has an address in it."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.inventory import site_addresses, site_path
from config.network import Network
from config.site import Site
from terms.problem import Problem, Severity


def check(network: Network) -> list[Problem]:
    """Refuse a prefix's gateway outside the prefix; warn of one that no device has."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(site_name: str, site: Site) -> Iterator[Problem]:
    known: set[IPv4Address] | None = None
    for name, prefix in site.prefixes.items():
        if prefix.gateway is None:
            continue
        known = known or {held.address for held in site_addresses(site_name, site)}
        path = f"{site_path(site_name, 'prefixes', name)}.gateway"
        if prefix.gateway not in prefix.cidr:
            yield Problem(
                "E-ADR-07",
                path,
                f"the gateway {prefix.gateway} lies outside {prefix.cidr}",
                "hosts reach a gateway on their own prefix alone",
                f"write an address inside {prefix.cidr}",
            )
        elif prefix.gateway not in known:
            yield Problem(
                "W-ADR-08",
                path,
                f"no device of {site_name} has the gateway's address {prefix.gateway}",
                "if the router is only not described, this is fine; else hosts send to nobody",
                "give the address to the router's interface, or correct it",
                Severity.WARNING,
            )
