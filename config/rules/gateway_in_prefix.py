"""The default router of a prefix has an address in it."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.inventory import ROLES_WITH_HOSTS, router_of, site_addresses, site_path
from config.network import Network
from config.site import Site, SitePrefix
from terms.problem import Problem, Severity

# A /31 and a /32 have neither a network nor a broadcast address (RFC 3021).
RFC3021_LENGTH = 31


def check(network: Network) -> list[Problem]:
    """Refuse a prefix's gateway that no host of it can be; warn of one that no device has."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(site_name: str, site: Site) -> Iterator[Problem]:
    known: set[IPv4Address] | None = None
    # Where there is a router, and hosts that need it, another rule refuses what is a warning here.
    described = router_of(site) in site.devices
    for name, prefix in site.prefixes.items():
        if prefix.gateway is None:
            continue
        known = known or {held.address for held in site_addresses(site_name, site)}
        path = f"{site_path(site_name, 'prefixes', name)}.gateway"
        problem = _check_address(path, prefix, prefix.gateway)
        if problem:
            yield problem
        elif prefix.gateway not in known and not (described and prefix.role in ROLES_WITH_HOSTS):
            yield Problem(
                "W-ADR-08",
                path,
                f"no device of {site_name} has the gateway's address {prefix.gateway}",
                "if the router is only not described, this is fine; else hosts send to nobody",
                "give the address to the router's interface, or correct it",
                Severity.WARNING,
            )


def _check_address(path: str, prefix: SitePrefix, gateway: IPv4Address) -> Problem | None:
    ends = (prefix.cidr.network_address, prefix.cidr.broadcast_address)
    if gateway not in prefix.cidr:
        return Problem(
            "E-ADR-07",
            path,
            f"the gateway {gateway} lies outside {prefix.cidr}",
            "hosts reach a gateway on their own prefix alone",
            f"write an address inside {prefix.cidr}",
        )
    if prefix.cidr.prefixlen < RFC3021_LENGTH and gateway in ends:
        return Problem(
            "E-ADR-06",
            path,
            f"{gateway} is the network or broadcast address of {prefix.cidr}",
            "no router can have it",
            f"choose an address from {ends[0] + 1} to {ends[1] - 1}",
        )
    if prefix.dhcp and prefix.dhcp.first <= gateway <= prefix.dhcp.last:
        return Problem(
            "E-DHC-06",
            path,
            f"the gateway {gateway} lies in the DHCP pool {prefix.dhcp.pool}",
            "the DHCP server would give the router's address to a host",
            "choose an address outside the pool, or make the pool smaller",
        )
    return None
