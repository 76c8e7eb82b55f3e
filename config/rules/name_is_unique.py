"""A DNS name at a site means one thing."""

from collections.abc import Iterator

from config.inventory import site_path
from config.network import Network
from config.site import Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a name that two devices or reservations of a site have."""
    found = []
    for site_name, site in network.sites.items():
        first: dict[str, str] = {}
        for name, path in _names(site_name, site):
            other = first.setdefault(name, path)
            if other != path:
                found.append(
                    Problem(
                        "E-NAM-05",
                        path,
                        f"{name} is the name of {other} already",
                        f"{name}.{site_name}.{network.network.domain} would mean both",
                        "choose another name",
                    )
                )
    return found


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
