"""Sound networks of any size for the views: sites with racks, switches and radio, and tenants."""

from functools import cache

from config.load import load_network
from plan.build import build_plan
from plan.model import Plan
from tests.plan.networks import managed, public_key

Raw = dict[str, object]

_OTHER_ENDS = 4
_ON_SWITCH = 8


@cache
def plan_of_size(sites: int, devices: int, tenants: int) -> Plan:
    """Plan a network with so many sites, devices and tenants."""
    return build_plan(load_network(describe_network(sites, devices, tenants)))


def describe_network(sites: int, devices: int, tenants: int) -> Raw:
    """Describe a network with so many sites, devices and tenants."""
    shares = [devices // sites + (number < devices % sites) for number in range(sites)]
    names = [f"tenant-{number}" for number in range(1, tenants + 1)]
    return {
        "sites": {
            f"site-{number + 1}": _site(number + 1, share) for number, share in enumerate(shares)
        },
        "tenants": {name: _tenant(number) for number, name in enumerate(names, 1)},
        "vpn": {
            "endpoints": {f"e{n}": _endpoint(n, sites) for n in range(1, tenants + 1)},
            "clients": {f"phone-{n}": _client(n) for n in range(1, tenants + 1)},
        },
        "cluster": {
            "name": "rave",
            "nodes": {"site-1/server-1": {"control_plane": True}},
            "pools": {"public": {"cidr": "10.21.64.0/19", "audience": "public"}},
        },
        "flows": [flow for number in range(1, tenants + 1) for flow in _flows(number)],
    }


def _site(number: int, devices: int) -> Raw:
    """A router with radio, switches in a rack, and as many more devices as are asked for."""
    boxes = _first_boxes(number)
    cables: list[list[str]] = [
        ["converter/eth0", "router/wan0", "1G"],
        ["router/lan0", "switch-0/port24", "10G"],
        ["router/srv0", "server-1/eth0", "1G"],
    ]
    radio: list[list[str]] = []
    for place in range(devices - len(boxes)):
        _add_device(place, boxes, cables, radio)
    return {
        "id": number,
        "description": f"Building number {number}",
        "circuit": {"kind": "static", "endpoint": f"s{number}.example.net", "speed": "1G"},
        "prefixes": _prefixes(number),
        "devices": boxes,
        "cables": cables,
        "wireless": radio,
        "racks": {"rack": {"units": 12}},
    }


def _first_boxes(number: int) -> Raw:
    router = managed(
        role="router",
        interfaces={
            "wan0": {"uplink": True},
            "lan0": {"segment": "users", "addresses": [f"10.{number + 20}.0.1"]},
            "srv0": {"segment": "servers", "addresses": _server_side(number)},
            "wlan0": {"medium": "wireless", "segment": "users"},
        },
    )
    ports: Raw = {"fibre0": {"medium": "fibre"}, "eth0": {}}
    return {
        "converter": {"role": "media-converter", "interfaces": ports},
        "router": router,
        "switch-0": {"role": "switch", "model": "24-port 1G", "rack": "rack", "unit": 12},
        "server-1": managed(role="server", arch="amd64", address=f"10.{number + 20}.32.5"),
    }


def _server_side(number: int) -> list[str]:
    """The router stands in the pool, too: what a pool gives out is on-link nowhere else."""
    own = f"10.{number + 20}.32.1"
    return [own, "10.21.95.254"] if number == 1 else [own]


def _prefixes(number: int) -> Raw:
    prefixes: Raw = {
        "users": {"cidr": f"10.{number + 20}.0.0/24", "role": "user"},
        "servers": {"cidr": f"10.{number + 20}.32.0/24", "role": "servers"},
    }
    pool: Raw = {"cidr": "10.21.64.0/19", "role": "load-balancer", "segment": "servers"}
    return prefixes | ({"pool": pool} if number == 1 else {})


def _add_device(place: int, boxes: Raw, cables: list[list[str]], radio: list[list[str]]) -> None:
    """Add a switch, a cabled device or a radio station, in a fixed order."""
    kind = place % _OTHER_ENDS
    switch = place // _ON_SWITCH
    if kind == 0 and place % _ON_SWITCH == 0 and place:
        name = f"switch-{switch}"
        boxes[name] = {"role": "switch", "model": "8-port 1G"}
        cables.append([f"switch-{switch - 1}/port{20 + switch % 3}", f"{name}/port24", "1G"])
    elif kind in {0, 1}:
        boxes[f"desk-{place}"] = {"role": "endpoint", "segment": "users"}
        cables.append([f"switch-{switch}/port{place % _ON_SWITCH + 1}", f"desk-{place}/eth0", "1G"])
    else:
        boxes[f"thing-{place}"] = {"role": "iot", "segment": "users"}
        radio.append(["router/wlan0", f"thing-{place}"])


def _tenant(number: int) -> Raw:
    return {
        "id": number,
        "trust": "owner" if number == 1 else "guest",
        "namespaces": [f"app-{number}", f"data-{number}"],
        "internet": number % 2 == 0,
        "pool": "public",
        "addresses": [_share(number)],
        "services": {
            "web": {
                "namespace": f"app-{number}",
                "selector": {"app": "web"},
                "address": _first_address(number),
                "ports": {"https": {"port": 443, "target": 8443}},
            },
            "store": {
                "namespace": f"data-{number}",
                "selector": {"app": "store"},
                "ports": {"sql": {"port": 5432}},
            },
        },
    }


def _share(number: int) -> str:
    return f"10.21.{64 + number // 16}.{number % 16 * 16}/28"


def _first_address(number: int) -> str:
    """The first address of a share that a pool gives out: it avoids those that end in 0."""
    return f"10.21.{64 + number // 16}.{number % 16 * 16 + 1}"


def _endpoint(number: int, sites: int) -> Raw:
    site = (number - 1) % sites + 1
    return {
        "tenant": f"tenant-{number}",
        "at": f"site-{site}/router",
        "port": 40000 + number,
        "cidr": f"172.16.{number}.0/24",
    }


def _client(number: int) -> Raw:
    return {"endpoint": f"e{number}", "index": 10, "public_key": public_key(number)}


def _flows(number: int) -> list[Raw]:
    web, public = f"tenant-{number}/web", 20000 + number
    flows: list[Raw] = [
        {
            "from": "internet",
            "to": web,
            "ports": [f"tcp/{public}"],
            "through": 443,
            "why": "a public website",
        },
        {"from": f"vpn.e{number}", "to": web, "ports": ["tcp/443"], "why": "its own people"},
    ]
    if number > 1:
        store = f"tenant-{number - 1}/store"
        flows.append({"from": web, "to": store, "ports": ["tcp/5432"], "why": "shared data"})
    return flows
