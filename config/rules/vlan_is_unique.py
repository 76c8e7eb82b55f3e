"""A VLAN id stands for one segment of a site."""

from config.inventory import site_path
from config.network import Network
from config.repeats import find_repeats
from config.site import Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a VLAN id that two segments of a site have."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(site_name: str, site: Site) -> list[Problem]:
    ids = (
        (segment.vlan, f"{site_path(site_name, 'segments', name)}.vlan")
        for name, segment in site.segments.items()
        if segment.vlan
    )
    return [
        Problem(
            "E-VLN-01",
            path,
            f"VLAN {vlan} is already that of another segment ({other})",
            "the two segments would be one, and no rule could part them",
            "give one of them another VLAN id",
        )
        for vlan, path, other in find_repeats(ids)
    ]
