"""Equal or overlapping LANs of two sites both have an alias."""

from config.network import Network
from config.ranges import Range, overlapping_pairs, site_prefixes
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a prefix without alias that overlaps one of another site.

    A reserved prefix has no hosts: it needs no alias, and the other one does.
    """
    found: dict[str, Problem] = {}
    for pair in overlapping_pairs(site_prefixes(network)):
        for one, other in (pair, pair[::-1]) if pair[0].site != pair[1].site else ():
            if not (one.aliased or one.reserved):
                found.setdefault(one.path, _refuse(one, other))
    return list(found.values())


def _refuse(one: Range, other: Range) -> Problem:
    return Problem(
        "E-PFX-05",
        one.path,
        f"{one.cidr} overlaps {other} of another site, and {one.name} has no alias",
        "a packet for an address in both could go to either site",
        "add `alias:` with a range of equal length from the alias pool, or renumber one site",
    )
