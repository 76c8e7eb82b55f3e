"""A VLAN id stands for one segment of a site."""

from config.inventory import site_path
from config.network import Network
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a VLAN id that two segments of a site have."""
    found = []
    for site_name, site in network.sites.items():
        first: dict[int, str] = {}
        for name, segment in site.segments.items():
            if segment.vlan is None:
                continue
            other = first.setdefault(segment.vlan, name)
            if other != name:
                found.append(
                    Problem(
                        "E-VLN-01",
                        f"{site_path(site_name, 'segments', name)}.vlan",
                        f"VLAN {segment.vlan} of {name} is that of {other}"
                        f" ({site_path(site_name, 'segments', other)}.vlan) already",
                        "the two segments would be one, and no rule could part them",
                        "give one of them another VLAN id",
                    )
                )
    return found
