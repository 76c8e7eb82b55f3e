"""A range that is used inside is not somebody else's on the internet."""

from config.network import Network
from config.ranges import PRIVATE, other_ranges, site_prefixes
from terms.problem import Problem, Severity


def check(network: Network) -> list[Problem]:
    """Warn of ranges with public addresses."""
    return [
        Problem(
            "W-PFX-12",
            one.path,
            f"{one.name} {one.cidr} has public addresses",
            "unless they are yours, whoever has them on the internet cannot be reached from here",
            "nothing, if they are yours; else choose a range inside 10.0.0.0/8, 172.16.0.0/12 or"
            " 192.168.0.0/16",
            Severity.WARNING,
        )
        for one in (*site_prefixes(network), *other_ranges(network))
        if not any(one.cidr.subnet_of(private) for private in PRIVATE)
    ]
