"""A house with a cluster and two tenants, and the barn that its gateway joins."""

from tests.plan.examples import house, pair
from tests.plan.networks import Raw, managed


def clustered() -> Raw:
    """Describe two tenants on two nodes of the house, one of them with a VPN and a service."""
    described = pair()
    home = house()
    home["prefixes"] = {
        "lan": {"cidr": "192.168.1.0/24", "role": "user", "alias": "10.200.1.0/24"},
        "servers": {"cidr": "192.168.5.0/24", "role": "servers"},
        "lb": {"cidr": "192.168.6.0/24", "role": "load-balancer", "segment": "servers"},
        "things": {"cidr": "192.168.3.0/24", "role": "iot", "server": "one"},
    }
    home["devices"] = {
        "gateway": managed(
            role="router",
            interfaces={
                "wan0": {"uplink": True},
                "lan0": {"segment": "lan", "addresses": ["192.168.1.1"]},
                "srv0": {"segment": "servers", "addresses": ["192.168.5.254", "192.168.6.254"]},
                "iot0": {"segment": "things", "addresses": ["192.168.3.1"]},
            },
        ),
        "one": managed(role="server", arch="amd64", address="192.168.5.1"),
        "two": managed(role="server", arch="amd64", address="192.168.5.2"),
    }
    sites = {**_record(described["sites"]), "home": home}
    return {**described, "sites": sites, **_tenants(), "cluster": _cluster()}


def _record(value: object) -> Raw:
    assert isinstance(value, dict)
    return value


def _cluster() -> Raw:
    return {
        "name": "rave",
        "nodes": {"home/one": {"control_plane": True}, "home/two": {}},
        "pools": {
            "lan": {"cidr": "192.168.6.0/25", "audience": "lan"},
            "public": {"cidr": "192.168.6.128/25", "audience": "public"},
        },
    }


def _tenants() -> Raw:
    family = {
        "id": 1,
        "namespaces": ["cloud", "media"],
        "internet": True,
        "pool": "lan",
        "addresses": ["192.168.6.0/25"],
        "services": _family_services(),
    }
    band = {
        "id": 2,
        "trust": "guest",
        "namespaces": ["stage"],
        "pool": "public",
        "addresses": ["192.168.6.128/28"],
        "services": _band_services(),
    }
    return {"tenants": {"family": family, "band": band}}


def _family_services() -> Raw:
    files = {
        "namespace": "cloud",
        "selector": {"app": "files"},
        "address": "192.168.6.5",
        "ports": {"web": {"port": 443, "target": 8443}},
    }
    hidden = {"namespace": "cloud", "selector": {"app": "db"}, "ports": {"sql": {"port": 5432}}}
    return {"files": files, "database": hidden}


def _band_services() -> Raw:
    jam = {
        "namespace": "stage",
        "selector": {"app": "jam"},
        "address": "192.168.6.130",
        "ports": {
            "audio": {"protocol": "udp", "port": 52124, "target": 22124},
            "web": {"port": 80, "target": 8080},
        },
    }
    return {"jam": jam}
