"""A DNS name at a site means one thing."""

from collections.abc import Iterator

from config.inventory import site_path
from config.network import Network
from config.repeats import find_repeats
from config.site import Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a name that two devices or reservations of a site have."""
    return [
        Problem(
            "E-NAM-05",
            path,
            f"{name} is already the name of {other}",
            f"{name}.{site_name}.{network.network.domain} would mean both",
            "choose another name",
        )
        for site_name, site in network.sites.items()
        for name, path, other in find_repeats(_names(site_name, site))
    ]


def _names(site_name: str, site: Site) -> Iterator[tuple[str, str]]:
    for name, device in site.devices.items():
        path = site_path(site_name, "devices", name)
        yield name, path
        for index, further in enumerate(device.dns):
            yield further, f"{path}.dns[{index}]"
    for name, prefix in site.prefixes.items():
        path = f"{site_path(site_name, 'prefixes', name)}.dhcp.reservations"
        for entry in prefix.dhcp.reservations if prefix.dhcp else {}:
            yield entry, f"{path}.{entry}"
