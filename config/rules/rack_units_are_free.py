"""Devices in a rack stand on units that it has, and that are free."""

from collections.abc import Iterator

from config.inventory import site_path
from config.network import Network
from config.site import Device, Site
from config.suggest import suggest
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse unknown racks, units that two devices take, and units beyond the rack's height."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(site_name: str, site: Site) -> Iterator[Problem]:
    taken: dict[tuple[str, int], str] = {}
    for name, device in site.devices.items():
        path = site_path(site_name, "devices", name)
        if device.rack is None:
            yield from _check_loose(path, name, device)
        elif device.rack not in site.racks:
            yield Problem(
                "E-RCK-01",
                f"{path}.rack",
                f"{site_name} has no rack {device.rack}",
                f"{name} could not be found",
                suggest(device.rack, site.racks),
            )
        elif device.unit is not None:
            yield from _check_height(path, name, device, site.racks[device.rack].units)
            yield from _check_units(path, name, device, taken)


def _check_loose(path: str, name: str, device: Device) -> Iterator[Problem]:
    if device.unit is not None:
        yield Problem(
            "E-RCK-04",
            f"{path}.unit",
            f"{name} has unit {device.unit} and no rack",
            "it could not be found",
            "add `rack:`, or leave the unit out",
        )


def _check_height(path: str, name: str, device: Device, units: int) -> Iterator[Problem]:
    top = (device.unit or 1) + device.height - 1
    if top > units:
        yield Problem(
            "E-RCK-02",
            f"{path}.unit",
            f"{name} reaches up to unit {top}, and the rack {device.rack} has {units}",
            "it does not fit",
            "correct its unit or height, or the height of the rack",
        )


def _check_units(
    path: str, name: str, device: Device, taken: dict[tuple[str, int], str]
) -> Iterator[Problem]:
    first = device.unit or 1
    for unit in range(first, first + device.height):
        other = taken.setdefault((str(device.rack), unit), name)
        if other != name:
            yield Problem(
                "E-RCK-03",
                f"{path}.unit",
                f"unit {unit} of the rack {device.rack}, which {name} takes, is that of {other}",
                "only one of them fits there",
                "correct the unit or the height of one of them",
            )
            return
