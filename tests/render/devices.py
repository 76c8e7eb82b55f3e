"""Device plans made by hand, with every part that a Linux device can have."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from plan.model import (
    DevicePlan,
    DhcpRange,
    DhcpRelay,
    DhcpReservation,
    Dnsmasq,
    DnsRecord,
    InterfaceKind,
    L3Interface,
    ManagementPath,
    Peer,
    PeerEnd,
    Route,
    WireguardInterface,
)
from plan.ruleset import Ruleset, host_prefix
from terms.values import DeviceRef
from tests.render.rules import BARN, LAN, NODE, RULES

GATEWAY = DeviceRef("home", "gateway")
SERVER = DeviceRef("barn", "server")
CLIENT_KEY = "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8="

PORTS = (
    L3Interface(GATEWAY, "wan0", InterfaceKind.UPLINK, None, ()),
    L3Interface(GATEWAY, "lan1", InterfaceKind.PORT, "house", (IPv4Interface("192.168.1.1/24"),)),
    L3Interface(
        GATEWAY,
        "lan1.30",
        InterfaceKind.VLAN,
        "things",
        (IPv4Interface("192.168.3.1/24"), IPv4Interface("192.168.4.1/24")),
        parent="lan1",
        vlan=30,
    ),
)

BACKBONE = WireguardInterface(
    device=GATEWAY,
    name="wg-mesh",
    address=IPv4Interface("10.8.0.1/24"),
    port=51820,
    mtu=1420,
    peers=(
        Peer(
            PeerEnd(
                name="gateway barn",
                gateway=SERVER,
                public_key=None,
                endpoint=None,
                allowed_ips=(BARN, host_prefix(IPv4Address("10.8.0.2"))),
            ),
            keepalive=None,
            psk="home--barn",
        ),
        Peer(
            PeerEnd(
                name="gateway shop",
                gateway=DeviceRef("shop", "router"),
                public_key=None,
                endpoint="shop.example.net:51820",
                allowed_ips=(IPv4Network("192.168.7.0/24"), host_prefix(IPv4Address("10.8.0.3"))),
            ),
            keepalive=25,
            psk="home--shop",
        ),
    ),
)
ENDPOINT = WireguardInterface(
    device=GATEWAY,
    name="wg-family",
    address=IPv4Interface("10.8.2.1/24"),
    port=33443,
    mtu=1420,
    peers=(
        Peer(
            PeerEnd(
                name="client laptop",
                gateway=None,
                public_key=CLIENT_KEY,
                endpoint=None,
                allowed_ips=(host_prefix(IPv4Address("10.8.2.10")),),
            ),
            keepalive=None,
            psk=None,
        ),
    ),
    endpoint="family",
)

DNSMASQ = Dnsmasq(
    domain="home.example.net",
    zones=("home.example.net", "barn.example.net"),
    interfaces=("lan1", "lan1.30", "wg-family"),
    ranges=(
        DhcpRange(
            prefix="home.lan",
            interface="lan1",
            network=LAN,
            first=IPv4Address("192.168.1.100"),
            last=IPv4Address("192.168.1.199"),
            lease="12h",
            router=IPv4Address("192.168.1.1"),
            dns=IPv4Address("192.168.1.1"),
        ),
        DhcpRange(
            prefix="home.cellar",
            interface="lan1",
            network=IPv4Network("192.168.5.0/24"),
            first=IPv4Address("192.168.5.10"),
            last=IPv4Address("192.168.5.99"),
            lease="30m",
            router=None,
            dns=None,
            relayed_by=IPv4Address("192.168.5.2"),
        ),
    ),
    reservations=(DhcpReservation("server", "02:00:00:00:02:28", NODE),),
    relays=(DhcpRelay(IPv4Address("192.168.3.1"), IPv4Address("192.168.1.3")),),
    records=(
        DnsRecord("server.home.example.net", NODE),
        DnsRecord("server.barn.example.net", IPv4Address("10.200.2.50")),
    ),
)

FULL = DevicePlan(
    ref=GATEWAY,
    interfaces=PORTS,
    wireguard=(BACKBONE, ENDPOINT),
    routes=(
        Route(BARN, "wg-mesh", None, "barn.lan under its alias"),
        Route(IPv4Network("192.168.6.0/24"), "lan1", IPv4Address("192.168.1.2"), "attic"),
    ),
    ruleset=RULES,
    dnsmasq=DNSMASQ,
    sysctl=(("net.ipv4.ip_forward", "1"), ("net.ipv4.conf.all.rp_filter", "2")),
    management=ManagementPath(GATEWAY, (), in_band=False, sources=(LAN,), distance=0),
    forwards=True,
    cluster_node=False,
)
BARE = DevicePlan(
    ref=SERVER,
    interfaces=(L3Interface(SERVER, "eth0", InterfaceKind.PORT, "lan", ()),),
    wireguard=(),
    routes=(),
    ruleset=Ruleset(),
    dnsmasq=None,
    sysctl=(),
    management=ManagementPath(SERVER, (GATEWAY,), in_band=True, sources=(LAN,), distance=1),
    forwards=False,
    cluster_node=False,
)
