"""A device that is prepared in a range of the operator's, for another site, keeps its way back."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from config.inventory import prefix_of, site_path
from config.network import Network
from config.site import Site
from terms.problem import Problem
from terms.values import DeviceRef


def check(network: Network) -> list[Problem]:
    """Refuse to dial a device of another site in a range that the mesh leads elsewhere."""
    operator = network.network.operator
    at = operator.at if operator else min(network.sites, key=lambda name: network.sites[name].id)
    if at not in network.sites:
        return []
    return [
        problem
        for site_name, site in network.sites.items()
        if site_name != at
        for problem in _check_site(network.sites[at], at, site_name, site)
    ]


def _check_site(home: Site, at: str, site_name: str, site: Site) -> Iterator[Problem]:
    for name, device in site.devices.items():
        host = _read_address(device.manage.host) if device.manage and device.manage.host else None
        bench = prefix_of(home, host) if host else None
        if host is None or bench is None or prefix_of(site, host) or bench[1].alias:
            continue
        yield Problem(
            "E-MGT-10",
            f"{site_path(site_name, 'devices', name)}.manage.host",
            f"{DeviceRef(site_name, name)} is dialled at {host}, in {at}.{bench[0]}, which has no"
            " alias",
            f"it is to send {bench[1].cidr} into the mesh, so its answers would miss the cable"
            " that it is dialled by",
            f"give {site_path(at, 'prefixes', bench[0])} an `alias`, or dial another address",
        )


def _read_address(host: str) -> IPv4Address | None:
    try:
        return IPv4Address(host)
    except AddressValueError:
        return None
