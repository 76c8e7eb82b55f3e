"""An alias is nobody else's range."""

from config.network import Network
from config.ranges import Range, RangeKind, aliases, other_ranges, overlapping_pairs, site_prefixes
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse an alias that overlaps another alias or any other range."""
    given = list(aliases(network))
    if not given:
        return []
    ranges = [*given, *site_prefixes(network), *other_ranges(network)]
    pairs = (_alias_first(*pair) for pair in overlapping_pairs(ranges))
    return [_refuse(one, other) for one, other in pairs if one.kind is RangeKind.ALIAS]


def _alias_first(one: Range, other: Range) -> tuple[Range, Range]:
    return (one, other) if one.kind is RangeKind.ALIAS else (other, one)


def _refuse(one: Range, other: Range) -> Problem:
    return Problem(
        "E-PFX-09",
        one.path,
        f"{one.name} {one.cidr} overlaps {other}",
        "other sites could not tell which of the two an address means",
        "give the alias a free range of its own inside the alias pool",
    )
