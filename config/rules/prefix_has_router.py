"""Hosts of a prefix have a router: a device that is described, with an address among theirs."""

from collections.abc import Iterator

from config.inventory import (
    ROLES_WITH_HOSTS,
    Held,
    prefix_of,
    router_of,
    site_addresses,
    site_path,
)
from config.network import Network
from config.site import Site
from terms.problem import Problem


def check(network: Network) -> list[Problem]:
    """Refuse prefixes with hosts whose router no device is."""
    return [one for name, site in network.sites.items() for one in _check_site(name, site)]


def _check_site(site_name: str, site: Site) -> Iterator[Problem]:
    router = router_of(site)
    if router is None or router not in site.devices:
        return
    held = [one for one in site_addresses(site_name, site) if not one.reservation]
    own = [one for one in held if one.name == router]
    for name, prefix in site.prefixes.items():
        path = site_path(site_name, "prefixes", name)
        if prefix.role not in ROLES_WITH_HOSTS:
            continue
        if prefix.gateway and all(one.address != prefix.gateway for one in held):
            found = f"no device of {site_name} has the gateway's address {prefix.gateway}"
            fix = "give the address to the router's interface, or correct it"
            yield _refuse(f"{path}.gateway", found, fix)
        elif not (prefix.gateway or _is_astray(site, own)) and all(
            one.address not in prefix.cidr for one in own
        ):
            found = f"{router} is the router, and has no address in {prefix.cidr}"
            fix = f"write an address of {router} in it, or `gateway:` with that of another device"
            yield _refuse(path, found, fix)


def _is_astray(site: Site, own: list[Held]) -> bool:
    """Whether the router has an address in no prefix, of which another rule speaks."""
    return any(prefix_of(site, one.address) is None and not _is_outside(site, one) for one in own)


def _is_outside(site: Site, held: Held) -> bool:
    port = site.devices[held.name].interfaces.get(held.interface or "")
    return port is not None and port.uplink


def _refuse(path: str, found: str, fix: str) -> Problem:
    consequence = "hosts there would have no way out, not even to look up a name"
    return Problem("E-ADR-09", path, found, consequence, fix)
