"""A site's router and gateway are devices that it has, and that can do what is asked of them."""

from collections.abc import Iterator

from config.inventory import gateway_of, is_managed, needs_mesh, router_of
from config.network import Network
from config.site import Site
from config.suggest import suggest
from terms.problem import Problem
from terms.values import DeviceRole


def check(network: Network) -> list[Problem]:
    """Refuse an unknown or doubtful router, and a site of several without a managed gateway."""
    found: list[Problem] = []
    for name, site in network.sites.items():
        doubtful = list(_check_names(name, site))
        found += doubtful
        if not doubtful and needs_mesh(network):
            found += _check_gateway(name, site)
    return found


def _check_names(site_name: str, site: Site) -> Iterator[Problem]:
    for key, name in (("router", site.router), ("gateway", site.gateway)):
        if name and name not in site.devices:
            yield Problem(
                "E-DEV-01",
                f"la1r:sites.{site_name}.{key}",
                f"{site_name} has no device {name}",
                f"the site would have no {key}",
                suggest(name, site.devices),
            )
    routers = [name for name, one in site.devices.items() if one.role is DeviceRole.ROUTER]
    if len(routers) > 1 and site.router is None:
        yield Problem(
            "E-DEV-02",
            f"la1r:sites.{site_name}.router",
            f"{site_name} has {len(routers)} routers ({', '.join(routers)}) and names none of them",
            "it is unclear where its hosts send what leaves their prefix",
            f"write `router: {routers[0]}` under the site",
        )


def _check_gateway(site_name: str, site: Site) -> Iterator[Problem]:
    gateway = gateway_of(site)
    if gateway is None:
        yield Problem(
            "E-DEV-03",
            f"la1r:sites.{site_name}.gateway",
            f"{site_name} has no gateway: its router is not managed, or there is none",
            "it could not be joined to the other sites",
            "write `gateway:` with a managed device of the site, or manage its router",
        )
    elif gateway in site.devices and not is_managed(site.devices[gateway]):
        yield Problem(
            "E-DEV-04",
            f"la1r:sites.{site_name}.gateway",
            f"the gateway {gateway} has platform unmanaged",
            "nobody would configure its tunnels",
            f"write `platform: linux` and `manage:` for {gateway}, or name another device",
        )
    elif gateway in site.devices and router_of(site) is None and not _has_uplink(site, gateway):
        yield Problem(
            "E-DEV-09",
            f"la1r:sites.{site_name}.gateway",
            f"{gateway} has no interface with `uplink: true`, and {site_name} has no router",
            "no tunnel of the gateway would reach the internet",
            f"describe the router of {site_name}, also one that is not managed",
        )


def _has_uplink(site: Site, name: str) -> bool:
    return any(interface.uplink for interface in site.devices[name].interfaces.values())
