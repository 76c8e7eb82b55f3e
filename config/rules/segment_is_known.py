"""Interfaces and devices stand on segments that the site has."""

from collections.abc import Iterator

from config.inventory import segment_names, segment_of, site_path
from config.network import Network
from config.site import Device, Site
from config.suggest import suggest
from terms.problem import Problem, Severity


def check(network: Network) -> list[Problem]:
    """Refuse a segment that nothing else mentions; warn of one that is described in vain."""
    found = list(_find_idle(network))
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


def _find_idle(network: Network) -> Iterator[Problem]:
    for site_name, site in network.sites.items():
        used = {segment_of(*item) for item in site.prefixes.items()}
        used |= {name for _, name in _named_segments(site_name, site)}
        for name in site.segments.keys() - used:
            yield Problem(
                "W-SEG-02",
                site_path(site_name, "segments", name),
                f"no prefix of {site_name} lies on {name}, and no port is on it",
                "it would be drawn nowhere and carry nothing",
                f"write `segment: {name}` at a prefix, or delete the segment",
                Severity.WARNING,
            )


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
