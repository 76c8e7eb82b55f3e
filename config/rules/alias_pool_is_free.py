"""The alias pool holds aliases alone."""

from collections.abc import Iterator

from config.network import Network
from config.ranges import Range, other_ranges, site_prefixes
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a range that is no alias and lies in the alias pool, or around it."""
    pool = network.network.alias_pool
    return [_refuse(one, network) for one in _ranges(network) if one.cidr.overlaps(pool)]


def _ranges(network: Network) -> Iterator[Range]:
    yield from site_prefixes(network)
    yield from other_ranges(network)


def _refuse(one: Range, network: Network) -> Problem:
    pool = network.network.alias_pool
    return Problem(
        "E-PFX-10",
        one.path,
        f"{one.name} {one.cidr} overlaps the alias pool {pool} (la1r:network.alias_pool)",
        "the next alias taken from the pool could be the same addresses",
        "move the range, or give la1r:network.alias_pool another one",
    )
