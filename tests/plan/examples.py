"""Small networks of which every address is known, as descriptions that a test changes."""

from collections.abc import Mapping

from config.network import Network
from tests.plan.networks import Raw, managed, public_key


def read(description: Mapping[str, object]) -> Network:
    """Turn a description into a network."""
    return Network.model_validate(description)


def house(**changes: object) -> Raw:
    """Describe a dialable site whose managed router is its gateway; its LAN has an alias."""
    return {
        "id": 1,
        "circuit": {"kind": "static", "endpoint": "home.example.net"},
        "prefixes": {
            "lan": {"cidr": "192.168.1.0/24", "role": "user", "alias": "10.200.1.0/24"},
            "servers": {"cidr": "192.168.5.0/24", "role": "servers"},
            "unused": {"cidr": "192.168.9.0/24", "role": "reserved"},
        },
        "devices": {
            "gateway": managed(
                role="router",
                interfaces={
                    "wan0": {"uplink": True},
                    "lan0": {"segment": "lan", "addresses": ["192.168.1.1"]},
                    "srv0": {"segment": "servers", "addresses": ["192.168.5.254"]},
                },
            ),
            "server": managed(role="server", address="192.168.5.5"),
        },
        **changes,
    }


def barn(*, router_is_managed: bool, **changes: object) -> Raw:
    """Describe a site that only dials; its gateway stands in the LAN beside the router."""
    router: Raw = {
        "role": "router",
        "interfaces": {
            "wan0": {"uplink": True},
            "lan0": {"segment": "lan", "addresses": ["192.168.1.1"]},
            "far0": {"segment": "far", "addresses": ["192.168.7.1"]},
        },
    }
    return {
        "id": 2,
        "circuit": {"kind": "cgnat"},
        "gateway": "pi",
        "prefixes": {
            "lan": {"cidr": "192.168.1.0/24", "role": "user", "alias": "10.200.2.0/24"},
            "far": {"cidr": "192.168.7.0/24", "role": "user"},
        },
        "devices": {
            "box": managed(**router) if router_is_managed else router,
            "pi": managed(role="server", address="192.168.1.50"),
            "beside": managed(role="server", address="192.168.1.60"),
            "away": managed(role="server", address="192.168.7.60"),
        },
        **changes,
    }


def pair(*, router_is_managed: bool = False) -> Raw:
    """Describe house and barn, with one VPN endpoint at the house."""
    return {
        "sites": {"home": house(), "barn": barn(router_is_managed=router_is_managed)},
        "tenants": {"family": {"id": 1}},
        "vpn": {
            "endpoints": {
                "family": {
                    "tenant": "family",
                    "at": "home/gateway",
                    "port": 33443,
                    "cidr": "10.8.2.0/24",
                }
            },
            "clients": {"laptop": {"endpoint": "family", "index": 10, "public_key": public_key(1)}},
        },
    }
