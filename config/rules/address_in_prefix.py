"""Every address at a site belongs to one of its prefixes, and to a host."""

from collections.abc import Iterator

from config.inventory import Held, prefix_of, site_addresses
from config.network import Network
from config.site import Site
from terms.problem import Problem

# A /31 and a /32 have neither a network nor a broadcast address (RFC 3021).
LONGEST_WITH_BROADCAST = 30


def check(network: Network) -> list[Problem]:
    """Refuse an address in no prefix of its site, and a network or broadcast address."""
    return [
        problem
        for name, site in network.sites.items()
        for held in site_addresses(name, site)
        for problem in _check(site, held)
    ]


def _check(site: Site, held: Held) -> Iterator[Problem]:
    port = site.devices[held.name].interfaces.get(held.interface) if held.interface else None
    found = prefix_of(site, held.address)
    if found is None:
        # An uplink's address belongs to the provider; of reservations the pool's rule speaks.
        if not ((port and port.uplink) or held.reservation):
            yield _refuse_foreign(site, held)
        return
    name, prefix = found
    ends = (prefix.cidr.network_address, prefix.cidr.broadcast_address)
    if prefix.cidr.prefixlen <= LONGEST_WITH_BROADCAST and held.address in ends:
        what = "network" if held.address == ends[0] else "broadcast"
        yield Problem(
            "E-ADR-06",
            held.path,
            f"{held.address} is the {what} address of {held.site}.{name} {prefix.cidr}",
            "no host can have it",
            f"choose an address from {ends[0] + 1} to {ends[1] - 1}",
        )


def _refuse_foreign(site: Site, held: Held) -> Problem:
    prefixes = ", ".join(f"{name} {one.cidr}" for name, one in site.prefixes.items())
    return Problem(
        "E-ADR-04",
        held.path,
        f"{held.address} of {held.name} is in no prefix of {held.site} ({prefixes or 'has none'})",
        "nothing would route to it",
        "correct the address, or describe its prefix under the site",
    )
