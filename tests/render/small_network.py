"""A small network planned by hand: two sites, two tenants, one cluster, every form of policy."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from config.load import load_network
from plan.model import (
    Addresses,
    ClusterPlan,
    DevicePlan,
    Host,
    ManagementPath,
    Mesh,
    Peer,
    PeerEnd,
    Plan,
    PolicyPeer,
    PolicyPlan,
    PolicyRule,
    RouterSheet,
    TenantPlan,
    WireguardInterface,
)
from plan.ruleset import Ruleset
from terms.values import DeviceRef, PodSecurity, Ports, Trust

GATEWAY = DeviceRef("home", "gateway")
SERVER = DeviceRef("home", "server")
CABIN = DeviceRef("cabin", "pi")
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGV4YW1wbGU="
CLIENT_KEY = "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8="

DESCRIPTION = {
    "sites": {
        "home": {
            "id": 1,
            "circuit": {"kind": "dynamic", "endpoint": "home.example.net"},
            "prefixes": {
                "lan": {"cidr": "192.168.10.0/24", "role": "user"},
                "balanced": {
                    "cidr": "192.168.6.0/24",
                    "role": "load-balancer",
                    "segment": "lan",
                    "gateway": "192.168.6.254",
                },
            },
            "devices": {
                "gateway": {
                    "role": "router",
                    "platform": "linux",
                    "interfaces": {
                        "wan0": {"uplink": True},
                        "lan0": {"segment": "lan", "addresses": ["192.168.10.1", "192.168.6.254"]},
                    },
                    "manage": {"host_key": HOST_KEY},
                },
                "server": {
                    "role": "server",
                    "platform": "linux",
                    "arch": "amd64",
                    "address": "192.168.10.5",
                    "manage": {"host_key": HOST_KEY, "user": "admin", "jump": "gateway"},
                },
            },
        },
        "cabin": {
            "id": 2,
            "circuit": {"kind": "cgnat"},
            "prefixes": {"lan": {"cidr": "192.168.20.0/24", "role": "user"}},
            "devices": {
                "pi": {
                    "role": "router",
                    "platform": "linux",
                    "interfaces": {
                        "wan0": {"uplink": True},
                        "lan0": {"segment": "lan", "addresses": ["192.168.20.1"]},
                    },
                    "manage": {"host_key": HOST_KEY},
                }
            },
        },
    },
    "tenants": {
        "family": {
            "id": 1,
            "namespaces": ["cloud", "media"],
            "owners": ["mum@example.net"],
            "pool": "shared",
            "addresses": ["192.168.6.16/28"],
            "services": {
                "web": {
                    "namespace": "cloud",
                    "selector": {"app": "web"},
                    "address": "192.168.6.17",
                    "ports": {"https": {"port": 443, "target": 8443}, "http": {"port": 80}},
                    "hostnames": ["cloud.example.net"],
                    "description": "files and photos",
                }
            },
        },
        "paul": {
            "id": 2,
            "trust": "guest",
            "namespaces": ["paul"],
            "quota": {"cpu": "250m", "memory": "1Gi"},
            "node_selector": {"kubernetes.io/arch": "arm64"},
        },
    },
    "vpn": {
        "endpoints": {
            "family": {
                "tenant": "family",
                "at": "home/gateway",
                "port": 33443,
                "cidr": "10.8.2.0/24",
            }
        },
        "clients": {"laptop": {"endpoint": "family", "index": 10, "public_key": CLIENT_KEY}},
    },
    "cluster": {
        "name": "mini",
        "nodes": {"home/server": {"control_plane": True}},
        "pools": {"shared": {"cidr": "192.168.6.0/25"}},
    },
}


def whole_tenant(tenant: str) -> PolicyRule:
    """Pods of one tenant, on every port."""
    return PolicyRule((PolicyPeer(tenant=tenant),), (), "same-tenant")


NAMES = PolicyRule(
    (PolicyPeer(namespace="kube-system", labels=(("k8s-app", "kube-dns"),)),),
    (Ports.parse("udp/53"), Ports.parse("tcp/53")),
    "names",
)
FROM_LAN = PolicyRule(
    (PolicyPeer(block=IPv4Network("192.168.10.0/24")),),
    (Ports.parse("tcp/8443"), Ports.parse("tcp/80")),
    "home-lan-to-family-web",
)
TO_INTERNET = PolicyRule(
    (
        PolicyPeer(
            block=IPv4Network("0.0.0.0/0"),
            excepts=(
                IPv4Network("192.168.0.0/16"),
                IPv4Network("10.0.0.0/8"),
                IPv4Network("172.16.0.0/12"),
            ),
        ),
    ),
    (Ports.parse("tcp"),),
    "internet",
)


def closed(namespace: str) -> tuple[PolicyPlan, ...]:
    """What every namespace has: closed both ways, but for names."""
    return (
        PolicyPlan("deny-all", namespace, (), (), (), "closed until a flow opens it"),
        PolicyPlan("allow-dns", namespace, (), (), (NAMES,), "pods ask for names"),
    )


FAMILY = TenantPlan(
    name="family",
    id=1,
    trust=Trust.OWNER,
    namespaces=("cloud", "media"),
    pod_security=PodSecurity.BASELINE,
    pool_addresses=(IPv4Network("192.168.6.16/28"),),
    policies=(
        *closed("cloud"),
        *closed("media"),
        PolicyPlan(
            "same-tenant", "cloud", (), (whole_tenant("family"),), (whole_tenant("family"),), ""
        ),
        PolicyPlan(
            "flow-web", "cloud", (("app", "web"),), (FROM_LAN,), (TO_INTERNET,), "photos at home"
        ),
    ),
)
PAUL = TenantPlan(
    name="paul",
    id=2,
    trust=Trust.GUEST,
    namespaces=("paul",),
    pod_security=PodSecurity.RESTRICTED,
    pool_addresses=(),
    policies=closed("paul"),
)


def peer(name: str, gateway: DeviceRef, network: str, endpoint: str | None = None) -> Peer:
    """The other end of the one tunnel."""
    end = PeerEnd(name, gateway, None, endpoint, (IPv4Network(network),))
    return Peer(end, None, "home--cabin")


MESH = Mesh(
    sites=("home", "cabin"),
    joinable=frozenset({"home", "cabin"}),
    dialable=frozenset({"home"}),
    relay=None,
    interfaces=(
        WireguardInterface(
            GATEWAY,
            "wg-mesh",
            IPv4Interface("10.8.0.1/24"),
            51820,
            1420,
            (peer("gateway cabin", CABIN, "192.168.20.0/24"),),
        ),
        WireguardInterface(
            GATEWAY,
            "wg-family",
            IPv4Interface("10.8.2.1/24"),
            33443,
            1420,
            (
                Peer(
                    PeerEnd(
                        "client laptop", None, CLIENT_KEY, None, (IPv4Network("10.8.2.10/32"),)
                    ),
                    None,
                    None,
                ),
            ),
            "family",
        ),
        WireguardInterface(
            CABIN,
            "wg-mesh",
            IPv4Interface("10.8.0.2/24"),
            51820,
            1420,
            (peer("gateway home", GATEWAY, "192.168.10.0/24", "home.example.net:51820"),),
        ),
    ),
)


def host(ref: DeviceRef, address: str) -> Host:
    """A device with its one address."""
    found = IPv4Address(address)
    return Host(ref.site, ref.device, found, found, "lan", "lan", None, ())


def device(ref: DeviceRef, distance: int) -> DevicePlan:
    """A device without rules: its text is short."""
    return DevicePlan(
        ref=ref,
        interfaces=(),
        wireguard=tuple(each for each in MESH.interfaces if each.device == ref),
        routes=(),
        ruleset=Ruleset(),
        dnsmasq=None,
        sysctl=(),
        management=ManagementPath(ref, (), in_band=False, sources=(), distance=distance),
        forwards=True,
        cluster_node=ref == SERVER,
    )


def plan_by_hand(**changes: object) -> Plan:
    """The plan; `changes` replace areas of the description."""
    network = load_network({**DESCRIPTION, **changes})
    return Plan(
        network=network,
        addresses=Addresses(
            prefixes=(),
            interfaces=(),
            hosts=(
                host(GATEWAY, "192.168.10.1"),
                host(SERVER, "192.168.10.5"),
                host(CABIN, "192.168.20.1"),
            ),
            routers={"home": GATEWAY, "cabin": CABIN},
            gateways={"home": GATEWAY, "cabin": CABIN},
            nodes=((SERVER, IPv4Address("192.168.10.5")),),
        ),
        mesh=MESH,
        flows=(),
        tenants=(FAMILY, PAUL) if network.cluster else (),
        cluster=ClusterPlan("mini", 1368, (), ()) if network.cluster else None,
        devices=(device(GATEWAY, 0), device(SERVER, 1), device(CABIN, 2)),
        router_sheets=(RouterSheet(DeviceRef("cabin", "isp-box"), (), (), ()),),
        switch_sheets=(),
    )
