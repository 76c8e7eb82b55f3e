"""Cabling that is no tree, names that are too long, and text that tries to be markup."""

from functools import cache

from hypothesis import strategies as st

from config.network import Network
from plan.build import build_plan
from plan.model import Plan
from tests.plan.networks import managed, public_key

Raw = dict[str, object]

HOSTILE = "</text><script>alert(1)</script> & \"quotes\" 'n' ]]> \u0915\u093f \U0001f600"
_ENDPOINT = "e" * 12
_LONG = "a-name-as-long-as-a-label-may-be-0123456789-0123456789-01234567"


def _site(number: int, devices: Raw, **values: object) -> Raw:
    return {
        "id": number,
        "circuit": {"kind": "static", "endpoint": f"s{number}.example.net"},
        "router": "router",
        "prefixes": {"lan": {"cidr": f"10.{20 + number}.0.0/24", "role": "user"}},
        "devices": {"router": _router(number), **devices},
        **values,
    }


def _router(number: int) -> Raw:
    lan: Raw = {"segment": "lan", "addresses": [f"10.{20 + number}.0.1"]}
    return managed(role="router", interfaces={"wan0": {"uplink": True}, "lan0": lan, "wlan0": {}})


def _ring() -> Raw:
    """Three switches in a ring, two of them bundled, and a server on two switches."""
    switches: Raw = {f"switch-{n}": {"role": "switch"} for n in range(3)}
    cables = [
        ["router/lan0", "switch-0/p1"],
        ["switch-0/p2", "switch-1/p1", "10G"],
        ["switch-0/p3", "switch-1/p2", "10G"],
        ["switch-0/p4", "switch-2/p1"],
        ["switch-1/p3", "switch-2/p3"],
        ["switch-1/p4", "server/eth0"],
        ["router/lan1", "server/eth1"],
    ]
    router = _router(1)
    router["interfaces"] = {**dict(router["interfaces"]), "lan1": {}}  # type: ignore[call-overload] # it is a mapping, made above
    devices = {**switches, "server": {"role": "server", "segment": "lan"}, "router": router}
    return {"sites": {"home": _site(1, devices, cables=cables)}}


def _far_gateway() -> Raw:
    """Gateways that stand below others in their column, one of them on the radio."""
    names = ("one", "two")
    return {
        "sites": {
            name: _site(
                number,
                {
                    "switch": {"role": "switch"},
                    "aaa": {"role": "endpoint", "segment": "lan"},
                    "pi": managed(role="server", address=f"10.{20 + number}.0.5"),
                },
                gateway="pi",
                cables=[["router/lan0", "switch/p1"], ["switch/p2", "aaa/eth0"]]
                + ([["switch/p3", "pi/eth0"]] if number == 1 else []),
                wireless=[["router/wlan0", "pi"]] if number == 2 else [],
            )
            for number, name in enumerate(names, 1)
        },
        "tenants": {"family": {"id": 1}},
        "vpn": {
            "endpoints": {
                f"e{n}": {
                    "tenant": "family",
                    "at": f"one/{at}",
                    "port": 4000 + n,
                    "cidr": f"172.16.{n}.0/24",
                }
                for n, at in enumerate(("pi", "router"))
            }
        },
    }


def _long_names() -> Raw:
    """The longest names and texts that a description may hold."""
    device: Raw = {"role": "server", "segment": "lan", "model": "m" * 200, "rack": _LONG, "unit": 1}
    site = _site(
        1,
        {_LONG: {**device, "description": HOSTILE}},
        description=HOSTILE * 2,
        racks={_LONG: {"units": 4}},
        cables=[["router/lan0", f"{_LONG}/{'e' * 15}"]],
    )
    why = (HOSTILE * 3)[:200]
    return {
        "sites": {_LONG: site},
        "tenants": {_LONG: _long_tenant()},
        "vpn": _long_vpn(),
        "cluster": {"name": _LONG, "nodes": {f"{_LONG}/router": {"control_plane": True}}},
        "flows": [{"from": f"vpn.{_ENDPOINT}", "to": f"{_LONG}/{_LONG}", "why": why}],
    }


def _long_tenant() -> Raw:
    service: Raw = {"namespace": _LONG, "selector": {"app": "x" * 63}, "ports": {"w": {"port": 80}}}
    return {
        "id": 1,
        "description": HOSTILE + " w" * 60,
        "namespaces": [_LONG, "b" * 63],
        "services": {_LONG: service},
    }


def _long_vpn() -> Raw:
    endpoint = {"tenant": _LONG, "at": f"{_LONG}/router", "port": 4000, "cidr": "172.16.1.0/24"}
    names = {number: f"{number}-{_LONG}"[:63].rstrip("-") for number in range(2, 40)}
    return {
        "endpoints": {_ENDPOINT: endpoint},
        "clients": {
            name: {"endpoint": _ENDPOINT, "index": number, "public_key": public_key(number)}
            for number, name in names.items()
        },
    }


def _lonely() -> Raw:
    """One site with nothing but an uplink."""
    return {"sites": {"home": {"id": 1, "circuit": {"kind": "cgnat"}}}}


ODD = {
    "a ring": _ring,
    "gateways below others": _far_gateway,
    "long names": _long_names,
    "an empty site": _lonely,
}


_ROLES = st.sampled_from(["switch", "server", "iot"])


@st.composite
def tangles(draw: st.DrawFn) -> Network:
    """Draw a site whose devices are joined at random, some of them with VPN endpoints."""
    count = draw(st.integers(2, 25))
    names = [f"d{number}" for number in range(count)]
    devices: Raw = {name: {"role": draw(_ROLES)} for name in names}
    dialled = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    for number, name in enumerate(dialled):
        devices[name] = managed(role="server", address=f"10.21.0.{10 + number}")
    pairs = draw(st.lists(st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)))
    cables, radio = [], []
    for number, (a, b) in enumerate(pairs):
        if draw(st.booleans()):
            cables.append([f"{a}/p{number}", f"{b}/p{number}", "1G"])
        else:
            radio.append([a, b, f"band-{number}"] if draw(st.booleans()) else [a, b])
    first = [["router/lan0", f"{names[0]}/up"]]
    endpoints = {
        f"e{n}": {"tenant": "t", "at": f"home/{name}", "port": 4000 + n, "cidr": f"172.16.{n}.0/24"}
        for n, name in enumerate(dialled)
    }
    site = _site(1, devices, cables=first + cables, wireless=radio)
    return Network.model_validate(
        {"sites": {"home": site}, "tenants": {"t": {"id": 1}}, "vpn": {"endpoints": endpoints}}
    )


@cache
def plan_of_odd(name: str) -> Plan:
    """Plan one of them; the rules are not asked, only the models."""
    return build_plan(Network.model_validate(ODD[name]()))
