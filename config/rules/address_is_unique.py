"""Nobody else at a site has an address."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from config.inventory import Held, site_addresses
from config.network import Network
from config.site import Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse an address that two devices, interfaces or reservations of a site have."""
    found = [one for name, site in network.sites.items() for one in _check_site(name, site)]
    return [*found, *_check_shares(network)]


def _check_site(name: str, site: Site) -> Iterator[Problem]:
    first: dict[IPv4Address, Held] = {}
    for held in site_addresses(name, site):
        other = first.setdefault(held.address, held)
        # A device may write the address of its interface as its own, too.
        if other is not held and (other.name != held.name or other.interface == held.interface):
            yield _refuse(held, f"{other.name} ({other.path})")
        elif other is not held and other.interface and held.interface:
            yield _refuse(held, f"its interface {other.interface} ({other.path})")


def _check_shares(network: Network) -> Iterator[Problem]:
    """Refuse a device's address that a tenant may give to a service."""
    shares = [
        (share, f"la1r:tenants.{name}.addresses[{index}]")
        for name, tenant in network.tenants.items()
        for index, share in enumerate(tenant.addresses)
    ]
    held = (one for name, site in network.sites.items() for one in site_addresses(name, site))
    for one in held if shares else ():
        for share, path in shares:
            if one.address in share:
                yield _refuse(one, f"a tenant's services, whose share is {share} ({path})")


def _refuse(held: Held, other: str) -> Problem:
    return Problem(
        "E-ADR-03",
        held.path,
        f"{held.address} of {held.name} already belongs to {other}",
        "both would answer for it, and connections would go to either",
        "give one of them another address",
    )
