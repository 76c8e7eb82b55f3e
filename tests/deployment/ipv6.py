"""IPv6 on every segment of the lab, as providers and hosts bring it along without being asked."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from lab.la1r import BENCH, SEGMENTS, describe_la1r
from lab.machine import RunningMachine
from lab.project import BENCH_HOSTS, LabProject
from lab.topology import Machine

# RFC 3849: one range for each segment, and one for the inside of the mesh.
_RANGES = list(IPv6Network("2001:db8::/56").subnets(new_prefix=64))
RANGES = {segment.name: _RANGES[number] for number, segment in enumerate(SEGMENTS, 1)}
MESH, MESH_INTERFACE = _RANGES[-1], "wg-mesh"
# Who leads out of a segment; the internet's own machine leads to all of them.
ROUTERS = {
    "internet": "internet",
    "carrier": "carrier",
    "home-lan": "home-gateway",
    "home-servers": "home-gateway",
    "home-bench": "home-gateway",
    "external-lan": "external-gateway",
    "attic-lan": "attic-gateway",
    "barn-lan": "barn-box",
}
# From the internet to each segment, and on from there.
WAYS = {
    "internet": {
        "home-lan": ("home-gateway", "internet"),
        "home-servers": ("home-gateway", "internet"),
        "home-bench": ("home-gateway", "internet"),
        "external-lan": ("external-gateway", "internet"),
        "carrier": ("carrier", "internet"),
        "attic-lan": ("carrier", "internet"),
        "barn-lan": ("barn-box", "internet"),
    },
    "carrier": {"attic-lan": ("attic-gateway", "carrier")},
}
MANAGED = ("home-gateway", "home-server", "external-gateway", "attic-gateway", "barn-pi")
GATEWAYS = ("home-gateway", "external-gateway", "attic-gateway", "barn-pi")
# Segments behind a router that is managed; the barn's belongs to somebody else.
GUARDED = frozenset(segment for segment, router in ROUTERS.items() if router in MANAGED)
# Two sites send it through their tunnel.
THROUGH = {
    "home-gateway": ("home-lan", "home-servers", "home-bench"),
    "external-gateway": ("external-lan",),
}


@dataclass(frozen=True, slots=True)
class Place:
    """An address of a machine on a segment; the inside of the mesh has no name of its own."""

    machine: str
    segment: str | None
    interface: str
    address: IPv6Address


def list_places() -> tuple[Place, ...]:
    """Every address that the machines of the lab are given."""
    machines = describe_la1r().machines
    plugged = [
        Place(machine.name, cable.segment, cable.name, RANGES[cable.segment][number])
        for number, machine in enumerate(machines, 1)
        for cable in machine.interfaces
        if not _has_left(machine, cable.name)
    ]
    inside = [
        Place(name, None, MESH_INTERFACE, MESH[number]) for number, name in enumerate(GATEWAYS, 1)
    ]
    return (*plugged, *inside)


def _has_left(machine: Machine, interface: str) -> bool:
    return interface == BENCH and machine.name.replace("-", "/", 1) in BENCH_HOSTS


PLACES = list_places()


def is_closed(source: Place, target: Place) -> bool:
    """Whether something that is managed stands between two addresses, or is one of them."""
    if target.machine in MANAGED:
        return True
    return source.segment != target.segment and bool({source.segment, target.segment} & GUARDED)


def give_addresses(project: LabProject) -> None:
    """Switch IPv6 on everywhere, with routers that forward it and routes to everybody."""
    for name in {place.machine for place in PLACES}:
        lines = [line for place in PLACES if place.machine == name for line in _address(place)]
        if name in ROUTERS.values():
            lines.append("echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
        project.lab[name].run("sh", "-ec", "\n".join((*lines, *_routes(name))))
    open_mesh(project)


def _address(place: Place) -> Iterator[str]:
    yield f"echo 0 >/proc/sys/net/ipv6/conf/{place.interface}/disable_ipv6"
    yield f"ip address replace {place.address}/64 dev {place.interface} nodad"


def _routes(name: str) -> Iterator[str]:
    for place in PLACES:
        leads = ROUTERS.get(place.segment or "")
        if place.machine == name and leads not in (None, name):
            yield f"ip -6 route replace default via {find_address(str(leads), place.segment)}"
            break
    for segment, (router, meeting) in WAYS.get(name, {}).items():
        yield f"ip -6 route replace {RANGES[segment]} via {find_address(router, meeting)}"


def find_address(machine: str, segment: str | None) -> IPv6Address:
    """The address of a machine on a segment; without one, that inside the mesh."""
    return next(p.address for p in PLACES if (p.machine, p.segment) == (machine, segment))


def open_mesh(project: LabProject) -> None:
    """Have WireGuard let IPv6 through between all that are peers: then rules alone are left."""
    keys = {_ask(project.lab[name], "public-key").strip(): name for name in GATEWAYS}
    for name in GATEWAYS:
        for line in _ask(project.lab[name], "allowed-ips").splitlines():
            key, allowed = line.split("\t")
            more = (*_own(keys[key]), *map(str, _behind(keys[key])))
            words = ",".join((*allowed.split(), *more))
            project.lab[name].run("wg", "set", MESH_INTERFACE, "peer", key, "allowed-ips", words)
            for network in _behind(keys[key]) if name in THROUGH else ():
                project.lab[name].run(
                    "ip", "-6", "route", "replace", str(network), "dev", MESH_INTERFACE
                )


def _own(gateway: str) -> list[str]:
    return [f"{place.address}/128" for place in PLACES if place.machine == gateway]


def _behind(gateway: str) -> list[IPv6Network]:
    return [RANGES[segment] for segment in THROUGH.get(gateway, ())]


def _ask(machine: RunningMachine, what: str) -> str:
    return machine.run("wg", "show", MESH_INTERFACE, what)


def list_peers(project: LabProject) -> set[tuple[str, str]]:
    """Which gateways have a tunnel to each other without a third."""
    keys = {_ask(project.lab[name], "public-key").strip(): name for name in GATEWAYS}
    return {
        (name, keys[key]) for name in GATEWAYS for key in _ask(project.lab[name], "peers").split()
    }


_PING = 'for to; do busybox ping -6 -c 1 -W 3 "$to" >/dev/null 2>&1 && echo "$to" & done; wait'


def ping_all(
    project: LabProject, asked: Mapping[str, Iterable[IPv6Address]]
) -> set[tuple[str, IPv6Address]]:
    """Ping from each machine all the addresses that it shall, at once; who answered to whom."""

    def ping(machine: str) -> set[tuple[str, IPv6Address]]:
        words = [str(address) for address in asked[machine]]
        said = project.lab[machine].run("sh", "-c", _PING, "sh", *words)
        return {(machine, IPv6Address(line)) for line in said.split()}

    with ThreadPoolExecutor(4) as threads:
        return set().union(*threads.map(ping, asked))
