"""Random sound networks: descriptions in which no rule finds a fault, so every plan must hold."""

from base64 import b64encode
from collections.abc import Mapping
from typing import cast

from hypothesis import strategies as st

from config.network import Network

Raw = dict[str, object]

NAMES = ("home", "barn", "attic", "office", "workshop", "cabin")
# Where the mesh gateway of a site stands: it is the router, or beside a managed or unmanaged one.
LAYOUTS = ("router", "beside", "one-armed")
SHARED_LAN = "192.168.1"
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGUuLi4uLi4uLi4uLi4uLi4uLi4uLi4u"


def public_key(number: int) -> str:
    """Make a key of the right form, different for every number."""
    return b64encode(number.to_bytes(32, "big")).decode()


def mac_address(site: int, host: int) -> str:
    """Make a locally administered MAC address."""
    return f"02:00:00:00:{site:02x}:{host:02x}"


def managed(**values: object) -> Raw:
    """Describe a device that this stack configures."""
    return {"platform": "linux", "manage": {"host_key": HOST_KEY}, **values}


@st.composite
def descriptions(draw: st.DrawFn, *, sites: int = 1) -> Raw:
    """Draw a description with at least so many sites; the first is dialable and relays."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=sites, max_size=5, unique=True))
    numbers = draw(
        st.lists(st.integers(1, 250), min_size=len(names), max_size=len(names), unique=True)
    )
    described = {
        name: _site(draw, name, number, is_first=name == names[0])
        for name, number in zip(names, numbers, strict=True)
    }
    endpoints = draw(st.integers(0, 3))
    return {
        "sites": described,
        "tenants": {"family": {"id": 1}, "guests": {"id": 2, "trust": "guest"}},
        "vpn": {
            "endpoints": {f"e{n}": _endpoint(draw, described, n) for n in range(endpoints)},
            "clients": _clients(draw, endpoints),
        },
        "flows": [flow for name, site in described.items() for flow in _flows(name, site)],
        **_cluster(draw, described),
    }


@st.composite
def networks(draw: st.DrawFn, *, sites: int = 1) -> Network:
    """Draw a network with at least so many sites."""
    return Network.model_validate(draw(descriptions(sites=sites)))


def _site(draw: st.DrawFn, name: str, number: int, *, is_first: bool) -> Raw:
    layout = draw(st.sampled_from(LAYOUTS))
    kind = "static" if is_first else draw(st.sampled_from(["static", "dynamic", "cgnat"]))
    dialable = is_first or (kind != "cgnat" and draw(st.booleans()))
    shares_lan = draw(st.booleans())
    lan = SHARED_LAN if shares_lan else f"10.100.{number}"
    alias = {"alias": f"10.200.{number}.0/24"} if shares_lan else {}
    return {
        "id": number,
        "circuit": {
            "kind": kind,
            "mtu": draw(st.sampled_from([1500, 1492])),
            **({"endpoint": f"{name}.example.net"} if dialable else {}),
        },
        "relay": is_first,
        "router": "router",
        **({} if layout == "router" else {"gateway": "pi"}),
        "prefixes": {
            "lan": {"cidr": f"{lan}.0/24", "role": "user", **alias, **_dhcp(draw, layout, lan)},
            "servers": {"cidr": f"10.101.{number}.0/24", "role": "servers"},
            "unused": {"cidr": f"10.102.{number}.0/24", "role": "reserved"},
        },
        "devices": _devices(layout, lan, number),
    }


def _dhcp(draw: st.DrawFn, layout: str, lan: str) -> Raw:
    served = layout != "one-armed" and draw(st.booleans())
    return {"dhcp": {"pool": f"{lan}.100-{lan}.199"}} if served else {}


def _devices(layout: str, lan: str, number: int) -> Raw:
    router: Raw = {
        "role": "router",
        "interfaces": {
            "wan0": {"uplink": True},
            "lan0": {"segment": "lan", "addresses": [f"{lan}.1"]},
            "srv0": {"segment": "servers", "addresses": [f"10.101.{number}.1"]},
        },
    }
    pi = managed(role="server", address=f"{lan}.50", mac=mac_address(number, 50))
    return {
        "router": router if layout == "one-armed" else managed(**router),
        **({} if layout == "router" else {"pi": pi}),
        "server": managed(role="server", arch="amd64", address=f"10.101.{number}.5"),
        "printer": {"role": "iot", "address": f"{lan}.20", "mac": mac_address(number, 20)},
    }


def _endpoint(draw: st.DrawFn, sites: Mapping[str, Raw], number: int) -> Raw:
    at = draw(st.sampled_from(sorted(sites)))
    return {
        "tenant": draw(st.sampled_from(["family", "guests"])),
        "at": f"{at}/{sites[at].get('gateway', 'router')}",
        "port": 33443 + number,
        "cidr": f"10.9.{number}.0/24",
    }


def _clients(draw: st.DrawFn, endpoints: int) -> Raw:
    chosen = draw(
        st.lists(
            st.tuples(st.integers(0, max(endpoints - 1, 0)), st.integers(2, 200)),
            max_size=6 if endpoints else 0,
            unique=True,
        )
    )
    return {
        f"c{number}": {
            "endpoint": f"e{endpoint}",
            "index": index,
            "public_key": public_key(number),
        }
        for number, (endpoint, index) in enumerate(chosen)
    }


def _flows(name: str, site: Raw) -> list[Raw]:
    number = cast("int", site["id"])
    return [
        {
            "from": "internet",
            "to": f"{name}/server",
            "ports": [f"tcp/{8000 + number}"],
            "through": 80,
            "why": "its web server is public",
        }
    ]


def _cluster(draw: st.DrawFn, sites: Mapping[str, Raw]) -> Raw:
    nodes = draw(st.lists(st.sampled_from(sorted(sites)), max_size=3, unique=True))
    described = {f"{site}/server": {"control_plane": n == 0} for n, site in enumerate(nodes)}
    return {"cluster": {"name": "rave", "nodes": described}} if described else {}
