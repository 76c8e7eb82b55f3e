"""A DHCP pool lies in its prefix, and gives out what nobody has."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.inventory import Held, site_addresses, site_path
from config.network import Network
from config.site import Dhcp, Site, SitePrefix
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a pool outside its prefix, or with addresses that devices or reservations have."""
    return [
        problem
        for site_name, site in network.sites.items()
        for name, prefix in site.prefixes.items()
        if prefix.dhcp
        for problem in _check(site_name, site, name, prefix.dhcp)
    ]


def _check(site_name: str, site: Site, name: str, dhcp: Dhcp) -> Iterator[Problem]:
    path = f"{site_path(site_name, 'prefixes', name)}.dhcp"
    prefix = site.prefixes[name]
    hosts = prefix.cidr[0] + 1, prefix.cidr[-1] - 1
    if not hosts[0] <= dhcp.first <= dhcp.last <= hosts[1]:
        yield Problem(
            "E-DHC-03",
            f"{path}.pool",
            f"the pool {dhcp.pool} reaches beyond the hosts of {prefix.cidr}",
            "some leases would not work on this segment",
            f"choose addresses from {hosts[0]} to {hosts[1]}",
        )
    yield from _check_reservations(path, prefix, dhcp)
    for held in site_addresses(site_name, site):
        if dhcp.first <= held.address <= dhcp.last and not held.path.startswith(path):
            yield _refuse_device(f"{path}.pool", held, dhcp)


def _check_reservations(path: str, prefix: SitePrefix, dhcp: Dhcp) -> Iterator[Problem]:
    for name, reservation in dhcp.reservations.items():
        where = f"{path}.reservations.{name}.address"
        if reservation.address not in prefix.cidr:
            yield _refuse_foreign(where, name, reservation.address, prefix)
        elif dhcp.first <= reservation.address <= dhcp.last:
            yield Problem(
                "E-DHC-05",
                where,
                f"{reservation.address} of {name} lies in the pool {dhcp.pool} ({path}.pool)",
                "another device might hold it when this one asks",
                "choose an address outside the pool, or make the pool smaller",
            )


def _refuse_foreign(path: str, name: str, address: IPv4Address, prefix: SitePrefix) -> Problem:
    return Problem(
        "E-DHC-04",
        path,
        f"{address} of {name} lies outside {prefix.cidr}",
        "the lease would not work on this segment",
        f"choose an address inside {prefix.cidr}",
    )


def _refuse_device(path: str, held: Held, dhcp: Dhcp) -> Problem:
    return Problem(
        "E-DHC-06",
        held.path,
        f"{held.address} of {held.name} lies in the DHCP pool {dhcp.pool} ({path})",
        "the DHCP server would give it to somebody else, too",
        "choose an address outside the pool, or make the pool smaller",
    )
