"""A VPN endpoint ends on a managed device that clients can dial."""

from collections.abc import Iterator

from config.inventory import can_be_dialled, is_managed
from config.network import Network
from config.references import resolve_device
from config.suggest import suggest
from config.unknown import check_device
from config.vpn import MAX_ENDPOINT_NAME, VpnEndpoint
from terms.problem import Problem
from terms.values import CircuitKind


def check(network: Network) -> list[Problem]:
    """Refuse endpoints with unknown owner or device, and those that nobody can dial."""
    return [
        problem
        for name, endpoint in network.vpn.endpoints.items()
        for problem in (
            *_check_names(network, name, endpoint),
            *_check_device(network, f"la1r:vpn.endpoints.{name}", endpoint),
        )
    ]


def _check_names(network: Network, name: str, endpoint: VpnEndpoint) -> Iterator[Problem]:
    path = f"la1r:vpn.endpoints.{name}"
    if len(name) > MAX_ENDPOINT_NAME:
        yield Problem(
            "E-NAM-08",
            path,
            f"the interface would be called wg-{name}, and {name} has {len(name)} characters",
            f"the kernel allows {MAX_ENDPOINT_NAME} behind wg-",
            f"shorten the name to {MAX_ENDPOINT_NAME} characters or fewer",
        )
    if name == "mesh":
        yield Problem(
            "E-NAM-09",
            path,
            "the interface would be called wg-mesh, as the backbone's is",
            "the two would be one interface",
            "choose another name",
        )
    if endpoint.tenant not in network.tenants:
        yield Problem(
            "E-VPN-01",
            f"{path}.tenant",
            f"there is no tenant {endpoint.tenant}",
            "it is unclear whose people dial in, and what they may reach",
            suggest(endpoint.tenant, network.tenants),
        )


def _check_device(network: Network, path: str, endpoint: VpnEndpoint) -> Iterator[Problem]:
    yield from check_device(network, endpoint.at, f"{path}.at")
    found = resolve_device(network, endpoint.at)
    if found is None:
        return
    site = network.sites[found.site]
    if not is_managed(network.device(found)):
        yield Problem(
            "E-VPN-02",
            f"{path}.at",
            f"{found} is not managed",
            "nobody would configure the endpoint",
            f"write `platform: linux` and `manage:` for {found}, or name another device",
        )
    if site.circuit.kind is CircuitKind.CGNAT:
        yield Problem(
            "E-VPN-03",
            path,
            f"the circuit of {found.site} is cgnat (la1r:sites.{found.site}.circuit.kind)",
            "the provider's own translation keeps clients out",
            "write `at:` with a device of a site that can be dialled",
        )
    elif endpoint.host is None and not can_be_dialled(site):
        yield Problem(
            "E-VPN-03",
            path,
            f"the circuit of {found.site} has no endpoint name, and this endpoint no host",
            "no client could dial it",
            f"write `endpoint:` under la1r:sites.{found.site}.circuit, or `host:` here",
        )
