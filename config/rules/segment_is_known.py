"""Interfaces and devices stand on segments that the site has."""

from collections.abc import Iterator

from config.inventory import segment_names, site_path
from config.network import Network
from config.site import Device, Site
from config.suggest import suggest
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse a segment that neither a prefix nor `segments` of the site mentions."""
    found = []
    for site_name, site in network.sites.items():
        known = segment_names(site)
        for path, name in _named_segments(site_name, site):
            if name not in known:
                found.append(
                    Problem(
                        "E-SEG-01",
                        path,
                        f"{site_name} has no segment {name}",
                        "the port would be connected to nothing",
                        suggest(name, known),
                    )
                )
    return found


def _named_segments(site_name: str, site: Site) -> Iterator[tuple[str, str]]:
    for name, device in site.devices.items():
        yield from _of_device(site_path(site_name, "devices", name), device)


def _of_device(path: str, device: Device) -> Iterator[tuple[str, str]]:
    if device.segment:
        yield f"{path}.segment", device.segment
    for port, interface in device.interfaces.items():
        if interface.segment:
            yield f"{path}.interfaces.{port}.segment", interface.segment
        for index, name in enumerate(interface.tagged):
            yield f"{path}.interfaces.{port}.tagged[{index}]", name
