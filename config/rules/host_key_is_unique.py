"""A host key belongs to one device."""

from collections.abc import Iterator

from config.inventory import site_path
from config.network import Network
from config.repeats import find_repeats
from terms.problem import Problem, Severity


def check(network: Network) -> list[Problem]:
    """Warn of two devices with one host key, as copied disk images have it."""
    return [
        Problem(
            "W-MGT-08",
            path,
            f"the host key stands at {other}, too",
            "a change could be sent to the wrong one of the two unnoticed",
            "make a new host key on one of them, or copy the right one",
            Severity.WARNING,
        )
        for _, path, other in find_repeats(_host_keys(network))
    ]


def _host_keys(network: Network) -> Iterator[tuple[str, str]]:
    for site_name, site in network.sites.items():
        for name, device in site.devices.items():
            if device.manage and device.manage.host_key:
                path = f"{site_path(site_name, 'devices', name)}.manage.host_key"
                yield device.manage.host_key, path
