"""Prefixes of one site lie apart."""

from itertools import groupby

from config.network import Network
from config.ranges import Range, overlapping_pairs, site_prefixes
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse two prefixes of one site that overlap."""
    by_site = groupby(site_prefixes(network), key=lambda one: one.site)
    return [_refuse(*pair) for _, ranges in by_site for pair in overlapping_pairs(ranges)]


def _refuse(wide: Range, narrow: Range) -> Problem:
    return Problem(
        "E-PFX-04",
        wide.path,
        f"{wide.cidr} overlaps {narrow}",
        "an address in both would belong to two prefixes, and be routed to one of them",
        "make them narrower, or move one, until they lie apart",
    )
