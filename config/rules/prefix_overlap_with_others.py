"""The ranges of VPN and cluster lie apart from each other and from every site's prefixes."""

from config.network import Network
from config.ranges import Range, RangeKind, other_ranges, overlapping_pairs, site_prefixes
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a range of VPN or cluster that overlaps any other range."""
    ranges = [*site_prefixes(network), *other_ranges(network)]
    return [_refuse(*pair) for pair in overlapping_pairs(ranges) if not _both_at_sites(*pair)]


def _both_at_sites(one: Range, other: Range) -> bool:
    return one.kind is RangeKind.PREFIX and other.kind is RangeKind.PREFIX


def _refuse(one: Range, other: Range) -> Problem:
    return Problem(
        "E-PFX-06",
        one.path,
        f"{one.name} {one.cidr} overlaps {other}",
        "packets for one would be sent to the other",
        "move one of them to a free range",
    )
