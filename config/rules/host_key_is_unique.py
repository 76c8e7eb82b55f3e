"""A host key belongs to one device."""

from config.inventory import site_path
from config.network import Network
from terms.problem import Problem, Severity


def check(network: Network) -> list[Problem]:
    """Warn of two devices with one host key, as copied disk images have it."""
    first: dict[str, str] = {}
    found = []
    for site_name, site in network.sites.items():
        for name, device in site.devices.items():
            if device.manage and device.manage.host_key:
                path = f"{site_path(site_name, 'devices', name)}.manage.host_key"
                other = first.setdefault(device.manage.host_key, path)
                if other != path:
                    found.append(
                        Problem(
                            "W-MGT-08",
                            path,
                            f"the host key of {name} stands at {other}, too",
                            "a change could be sent to the wrong one of the two unnoticed",
                            "make a new host key on one of them, or copy the right one",
                            Severity.WARNING,
                        )
                    )
    return found
