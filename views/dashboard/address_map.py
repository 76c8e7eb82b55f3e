"""The addresses of a network.json -> bars to scale: used, reserved, free, or claimed twice."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, ip_interface, summarize_address_range
from itertools import groupby
from typing import NamedTuple

from msgspec import Struct

from render.manifest import Json
from views.network_form import Fields, items, part, text

# A range is drawn in a bar as long as it is at least such a part of it; else there are two bars.
SMALLEST_PART = 16
# What may lie in what on purpose: it is drawn inside, not beside it.
HOLDERS = {"pool": "load-balancer", "share": "load-balancer", "alias": "alias-pool"}


class _Range(Struct, frozen=True):
    name: str
    kind: str
    cidr: IPv4Network
    note: str = ""

    @property
    def order(self) -> tuple[int, int, str]:
        return int(self.cidr.network_address), -self.cidr.num_addresses, self.name


class _User(NamedTuple):
    address: int
    name: str


def map_addresses(document: Fields) -> dict[str, Json]:
    """Bars with every range to scale, one strip for each range, and the pairs that overlap."""
    ranges = sorted(_list_ranges(document), key=lambda one: one.order)
    holders = [one for one in ranges if one.kind in HOLDERS.values()]
    outer = [one for one in ranges if not _holder(one, holders)]
    used = _list_used(document)
    return {
        "bars": [_draw_bar(group) for group in _group(outer)],
        "strips": [_draw_strip(one, ranges, document, used) for one in outer],
        "overlaps": [_judge(one, other) for one, other in _overlapping(outer)],
    }


def _list_ranges(document: Fields) -> Iterator[_Range]:
    addresses = part(document, "addresses")
    for prefix in items(addresses, "prefixes"):
        alias = prefix.get("alias")
        note = f"seen as {alias} from elsewhere" if alias else ""
        yield _Range(
            text(prefix, "name"), text(prefix, "role"), IPv4Network(text(prefix, "cidr")), note
        )
    for one in items(addresses, "ranges"):
        yield _Range(text(one, "name"), text(one, "kind"), IPv4Network(text(one, "cidr")))


def _holder(one: _Range, ranges: Iterable[_Range]) -> _Range | None:
    kind = HOLDERS.get(one.kind)
    holders = (other for other in ranges if other.kind == kind and one.cidr.subnet_of(other.cidr))
    return next(holders, None)


# ---------------------------------------------------------------- bars


def _group(ranges: Sequence[_Range]) -> Iterator[list[_Range]]:
    """Ranges that are drawn in one bar: neighbours, none of them too small to be seen."""
    if not ranges:
        return
    whole = _cover(ranges)
    least = min(one.cidr.num_addresses for one in ranges)
    if whole.num_addresses <= least * SMALLEST_PART:
        yield list(ranges)
        return
    wide = [one for one in ranges if one.cidr == whole]
    if wide:
        # Somebody claims all of it: those inside get bars of their own.
        yield wide
        yield from _group([one for one in ranges if one.cidr != whole])
        return
    lower, upper = whole.subnets()
    yield from _group([one for one in ranges if one.cidr.subnet_of(lower)])
    yield from _group([one for one in ranges if one.cidr.subnet_of(upper)])


def _cover(ranges: Iterable[_Range]) -> IPv4Network:
    """The smallest network that holds them all."""
    first = min(int(one.cidr.network_address) for one in ranges)
    last = max(int(one.cidr.broadcast_address) for one in ranges)
    return IPv4Network((first, 32 - (first ^ last).bit_length()), strict=False)


def _draw_bar(ranges: Sequence[_Range]) -> Json:
    whole = _cover(ranges)
    start, size = int(whole.network_address), whole.num_addresses
    lanes: list[int] = []
    drawn: list[Json] = []
    for one in ranges:
        first, last = int(one.cidr.network_address), int(one.cidr.broadcast_address)
        lane = next((place for place, end in enumerate(lanes) if end < first), len(lanes))
        lanes[lane : lane + 1] = [last]
        drawn.append(
            {
                "name": one.name,
                "kind": one.kind,
                "cidr": str(one.cidr),
                "from": _share(first - start, size),
                "width": _share(one.cidr.num_addresses, size),
                "lane": lane,
            }
        )
    free = list(_free(whole, ranges))
    return {"cidr": str(whole), "lanes": len(lanes), "ranges": drawn, "free": free}


def _free(whole: IPv4Network, ranges: Iterable[_Range]) -> Iterator[Json]:
    start, end = int(whole.network_address), int(whole.broadcast_address)
    here = start
    for one in ranges:
        first = int(one.cidr.network_address)
        if first > here:
            yield _gap(here, first - 1, whole)
        here = max(here, int(one.cidr.broadcast_address) + 1)
    if here <= end:
        yield _gap(here, end, whole)


def _gap(first: int, last: int, whole: IPv4Network) -> Json:
    networks = summarize_address_range(IPv4Address(first), IPv4Address(last))
    return {
        "cidrs": [str(network) for network in networks],
        "from": _share(first - int(whole.network_address), whole.num_addresses),
        "width": _share(last - first + 1, whole.num_addresses),
    }


def _share(count: int, whole: int) -> str:
    """A part of the whole in percent, as text: JSON knows no fixed point."""
    return f"{count * 100 / whole:.4g}"


# ---------------------------------------------------------------- strips


def _draw_strip(
    one: _Range, ranges: Sequence[_Range], document: Fields, used: Mapping[str, Sequence[_User]]
) -> Json:
    start, size = int(one.cidr.network_address), one.cidr.num_addresses
    marks: list[Json] = [
        {
            "address": str(IPv4Address(address)),
            "names": [user.name for user in users],
            "at": _share(address - start, size),
        }
        for address, users in groupby(_users_in(one, used), lambda user: user.address)
    ]
    return {
        "name": one.name,
        "kind": one.kind,
        "cidr": str(one.cidr),
        "note": one.note,
        "size": size,
        "marks": marks,
        "mark": _share(1, size),
        "inner": [_inner(start, size, *found) for found in _inside(one, ranges, document)],
    }


def _inner(start: int, size: int, name: str, first: int, last: int) -> Json:
    return {
        "name": name,
        "range": f"{IPv4Address(first)}-{IPv4Address(last)}",
        "from": _share(first - start, size),
        "width": _share(last - first + 1, size),
        "count": last - first + 1,
    }


def _inside(
    one: _Range, ranges: Sequence[_Range], document: Fields
) -> Iterator[tuple[str, int, int]]:
    for other in ranges:
        if _holder(other, [one]):
            first, last = other.cidr.network_address, other.cidr.broadcast_address
            yield other.name, int(first), int(last)
    for prefix in items(part(document, "addresses"), "prefixes"):
        if text(prefix, "name") == one.name and isinstance(prefix.get("pool"), str):
            first, last = map(IPv4Address, text(prefix, "pool").split("-"))
            yield "DHCP pool", int(first), int(last)


def _users_in(one: _Range, used: Mapping[str, Sequence[_User]]) -> Sequence[_User]:
    """Who has an address of a range; where two sites have the same range, each has its own."""
    users = sorted((*used.get(one.name, ()), *used.get(one.kind, ())))
    first, last = int(one.cidr.network_address), int(one.cidr.broadcast_address)
    return users[bisect_left(users, (first, "")) : bisect_left(users, (last + 1, ""))]


def _list_used(document: Fields) -> Mapping[str, Sequence[_User]]:
    """Hosts by their prefix, services and VPN peers by the kind of range, sorted by address."""
    found: dict[str, list[_User]] = defaultdict(list)
    for host in items(part(document, "addresses"), "hosts"):
        name = f"{text(host, 'site')}/{text(host, 'name')}"
        prefix = f"{text(host, 'site')}.{text(host, 'prefix')}"
        found[prefix].append(_User(int(IPv4Address(text(host, "address"))), name))
    for tenant in items(document, "tenants"):
        for key, service in _services(tenant):
            if isinstance(service.get("address"), str):
                address = int(IPv4Address(text(service, "address")))
                found["load-balancer"].append(_User(address, f"{text(tenant, 'name')}/{key}"))
    found["vpn"].extend(_list_peers(document))
    return {place: sorted(users) for place, users in found.items()}


def _services(tenant: Fields) -> Iterator[tuple[str, Fields]]:
    services = part(tenant, "services")
    for key in services:
        yield key, part(services, key)


def _list_peers(document: Fields) -> Iterator[_User]:
    vpn = part(document, "vpn")
    ranges = {}
    for interface in items(vpn, "interfaces"):
        own = ip_interface(text(interface, "address"))
        yield _User(int(own.ip), text(interface, "device"))
        ranges[interface.get("endpoint")] = int(own.network.network_address)
    for client in items(vpn, "clients"):
        index, start = client.get("index"), ranges.get(text(client, "endpoint"))
        if isinstance(index, int) and start is not None:
            yield _User(start + index, f"client.{text(client, 'name')}")


# ---------------------------------------------------------------- overlaps


def _overlapping(ranges: Sequence[_Range]) -> Iterator[tuple[_Range, _Range]]:
    """Two ranges nest or are apart, so those that are still open overlap the next one."""
    still: list[_Range] = []
    for one in ranges:
        while still and still[-1].cidr.broadcast_address < one.cidr.network_address:
            still.pop()
        yield from ((other, one) for other in still)
        still.append(one)


def _judge(one: _Range, other: _Range) -> Json:
    """Say who overlaps with whom, and why it does no harm; without a reason it is a conflict."""
    reasons = [reason for reason in map(_excuse, (one, other)) if reason]
    return {"a": one.name, "b": other.name, "cidr": str(other.cidr), "reasons": reasons}


def _excuse(one: _Range) -> str:
    if one.kind == "reserved":
        return f"{one.name} is reserved, and nobody is there"
    return f"{one.name} is {one.note}" if one.note else ""
