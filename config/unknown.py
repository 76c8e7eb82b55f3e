"""A reference that finds no device, or several -> its problem."""

from collections.abc import Iterator

from config.network import Network
from config.references import resolve_device, sites_with_device
from config.suggest import suggest
from terms.problem import Problem


def check_device(
    network: Network, text: str, path: str, site: str | None = None
) -> Iterator[Problem]:
    """Refuse a reference to a device that resolves to none, or could mean several."""
    if resolve_device(network, text, site):
        return
    owners = () if "/" in text else sites_with_device(network, text)
    if owners:
        yield Problem(
            "E-REF-02",
            path,
            f"{text} could be a device of {', '.join(sorted(owners))}",
            "the wrong one might be configured",
            f"write it with its site, as {sorted(owners)[0]}/{text}",
        )
        return
    yield Problem(
        "E-REF-01",
        path,
        f"there is no device {text}",
        "what is meant cannot be configured",
        suggest(text, known_devices(network, text, site)),
    )


def known_devices(network: Network, text: str, site: str | None) -> list[str]:
    """Name the devices in the form in which the reference was written."""
    if "/" in text:
        return [f"{name}/{device}" for name, one in network.sites.items() for device in one.devices]
    sites = [network.sites[site]] if site in network.sites else list(network.sites.values())
    return [device for one in sites for device in one.devices]
