"""A device's addresses, tunnels and written routes -> its route table."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from plan.model import DevicePlan, L3Interface, Plan, RouterSheet
from reach.address_classes import Masked, masked
from reach.world import EVERYWHERE, POD_INTERFACE, UPLINK, Hop, LocalRange, Port
from terms.values import DeviceRef, DeviceRole


class Ground(Struct, frozen=True):
    """What boxes are made from."""

    plan: Plan
    ranges: Mapping[str, tuple[LocalRange, ...]]
    interfaces: Mapping[DeviceRef, tuple[L3Interface, ...]]
    plans: Mapping[DeviceRef, DevicePlan]
    sheets: Mapping[DeviceRef, RouterSheet]
    nodes: frozenset[DeviceRef]
    pods: Masked | None
    # Public address of each device that takes packets to it without a router before it.
    publics: Mapping[DeviceRef, int]


def find_routes(
    ground: Ground, ref: DeviceRef, ports: tuple[Port, ...], own: set[int]
) -> dict[Masked, Hop]:
    """Default route, connected ranges, tunnels and the rest; of equal ranges the last counts."""
    planned = ground.plans.get(ref)
    found: dict[Masked, Hop] = {}
    if default := _default_route(ground, ref, ports, own):
        found[EVERYWHERE] = default
    for port in ports:
        for reached in _connected(ground, port):
            found.setdefault(reached.network, Hop(port.name))
    for wireguard in planned.wireguard if planned else ():
        found[masked(wireguard.address.network)] = Hop(wireguard.name)
    for route in planned.routes if planned else ():
        via = int(route.via) if route.via else None
        found[masked(route.destination)] = Hop(route.interface, via)
    sheet = ground.sheets.get(ref)
    for static in sheet.routes if sheet else ():
        interface = _interface_towards(ground, ports, int(static.via))
        if interface:
            found[masked(static.destination)] = Hop(interface, int(static.via))
    if ground.pods and ref in ground.nodes:
        found[ground.pods] = Hop(POD_INTERFACE)
    return found


def _connected(ground: Ground, port: Port) -> Iterator[LocalRange]:
    """Ranges on the port's segment in which it has an address."""
    if port.segment is None:
        return
    for found in ground.ranges[port.segment[0]]:
        inside = any(found.network.holds(address) for address in port.addresses)
        if found.segment == port.segment and inside:
            yield found


def _default_route(
    ground: Ground, ref: DeviceRef, ports: tuple[Port, ...], own: set[int]
) -> Hop | None:
    """By an uplink that lies on no segment, else by the router of a range that the device is in."""
    outer = next((port for port in ports if port.uplink and port.segment is None), None)
    if outer:
        return Hop(outer.name)
    # An uplink on a segment comes before the other ports.
    for port in sorted(ports, key=lambda port: not port.uplink):
        for found in _connected(ground, port):
            if found.gateway is not None and found.gateway not in own:
                return Hop(port.name, found.gateway)
    return Hop(UPLINK) if is_router(ground.plan, ref) and ref not in ground.plans else None


def _interface_towards(ground: Ground, ports: tuple[Port, ...], address: int) -> str | None:
    for port in ports:
        if any(found.network.holds(address) for found in _connected(ground, port)):
            return port.name
    return None


def is_router(plan: Plan, ref: DeviceRef) -> bool:
    """Whether the device is there to pass packets on."""
    role = plan.network.device(ref).role
    return role is DeviceRole.ROUTER or plan.addresses.routers[ref.site] == ref
