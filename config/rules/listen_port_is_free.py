"""A port of a device is listened on by one thing."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from config.inventory import gateway_of, is_managed, needs_mesh, router_of, site_path
from config.network import Network
from config.published import list_publications
from config.references import resolve_device
from terms.problem import Problem
from terms.values import DeviceRef, Ports, Protocol

LOGIN = "the SSH login"
SERVICE = "a service"
FORWARD = "a forwarded public port"
WIREGUARD = "WireGuard"
NAMES = "the name server"


class Claim(Struct, frozen=True):
    """A port of a device that something listens on, or that is forwarded away from it."""

    device: DeviceRef
    ports: Ports
    kind: str
    path: str


def check(network: Network) -> list[Problem]:
    """Refuse two listeners on one port of a device, public ports on its router included."""
    groups: dict[tuple[DeviceRef, Protocol], list[Claim]] = {}
    for claim in _claims(network):
        for protocol in _protocols(claim.ports):
            groups.setdefault((claim.device, protocol), []).append(claim)
    return [problem for group in groups.values() for problem in _check(group)]


def _protocols(ports: Ports) -> tuple[Protocol, ...]:
    every = ports.protocol is Protocol.ANY
    return (Protocol.TCP, Protocol.UDP) if every else (ports.protocol,)


def _claims(network: Network) -> Iterator[Claim]:
    for site_name, site in network.sites.items():
        for name, device in site.devices.items():
            ref, path = DeviceRef(site_name, name), site_path(site_name, "devices", name)
            if device.manage and is_managed(device):
                login = _single(Protocol.TCP, device.manage.port)
                yield Claim(ref, login, LOGIN, f"{path}.manage.port")
            for key, ports in device.listens.items():
                yield Claim(ref, ports, SERVICE, f"{path}.listens.{key}")
    yield from _wireguard_claims(network)
    yield from _name_server_claims(network)
    for one in list_publications(network):
        router = router_of(network.sites[one.site])
        if router:
            yield Claim(DeviceRef(one.site, router), one.ports, FORWARD, one.path)


def _wireguard_claims(network: Network) -> Iterator[Claim]:
    """WireGuard takes its port on the device that ends it, and on the router in front of it."""
    listeners: list[tuple[DeviceRef, int, str]] = []
    for name, site in network.sites.items() if needs_mesh(network) else ():
        gateway = gateway_of(site)
        if gateway:
            port = network.vpn.backbone.port
            listeners.append((DeviceRef(name, gateway), port, "la1r:vpn.backbone.port"))
    for name, endpoint in network.vpn.endpoints.items():
        ref = resolve_device(network, endpoint.at)
        if ref:
            listeners.append((ref, endpoint.port, f"la1r:vpn.endpoints.{name}.port"))
    for ref, port, path in listeners:
        router = router_of(network.sites[ref.site])
        ports = _single(Protocol.UDP, port)
        for device in {ref.device, router or ref.device}:
            yield Claim(DeviceRef(ref.site, device), ports, WIREGUARD, path)


def _name_server_claims(network: Network) -> Iterator[Claim]:
    """A managed router answers its hosts' questions for names."""
    for site_name, site in network.sites.items():
        router = router_of(site)
        if router in site.devices and is_managed(site.devices[router]):
            path = site_path(site_name, "devices", router)
            for protocol in (Protocol.TCP, Protocol.UDP):
                yield Claim(DeviceRef(site_name, router), _single(protocol, 53), NAMES, path)


def _single(protocol: Protocol, port: int) -> Ports:
    return Ports(protocol, port, port)


def _check(group: Iterable[Claim]) -> Iterator[Problem]:
    ordered = sorted(group, key=lambda one: (one.ports.first, one.path))
    widest = ordered[0]
    for one in ordered[1:]:
        if one.ports.first <= widest.ports.last and not _may_share(one, widest):
            yield Problem(
                "E-PORT-03",
                one.path,
                f"{one.ports} of {one.device} is used by {one.kind} here, and {widest.ports} by"
                f" {widest.kind} at {widest.path}",
                "one of the two would not start, or never see a packet",
                "choose another port for one of them",
            )
        if one.ports.last > widest.ports.last:
            widest = one


def _may_share(one: Claim, other: Claim) -> bool:
    """Whether both may have the port.

    A device may list its SSH or name server as a service; that one answers inside alone, so a
    public port is free for others; two forwards are another rule's question.
    """
    kinds = {one.kind, other.kind}
    return kinds in ({LOGIN, SERVICE}, {NAMES, SERVICE}, {NAMES, FORWARD}, {FORWARD})
