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
    Route,
    WireguardInterface,
)
from plan.ruleset import (
    Accept,
    Chain,
    ClampMss,
    Drop,
    Family,
    Masquerade,
    Match,
    Rule,
    RuleChain,
    Ruleset,
    State,
    TranslateDestination,
    TranslateSource,
    host_prefix,
)
from terms.values import DeviceRef, Ports, Protocol

GATEWAY = DeviceRef("home", "gateway")
SERVER = DeviceRef("barn", "server")
LAN = IPv4Network("192.168.1.0/24")
ALIAS = IPv4Network("10.200.1.0/24")
MESH = IPv4Network("10.8.0.0/24")
FAMILY = IPv4Network("10.8.2.0/24")
BARN = IPv4Network("10.200.2.0/24")
NODE = IPv4Address("192.168.1.228")
WEB = Ports(Protocol.TCP, 8080, 8080)
SSH = Ports(Protocol.TCP, 22, 22)
WIREGUARD = Ports(Protocol.UDP, 51820, 51820)
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
            name="gateway barn",
            gateway=SERVER,
            public_key=None,
            endpoint=None,
            allowed_ips=(BARN, host_prefix(IPv4Address("10.8.0.2"))),
            keepalive=None,
            psk="home--barn",
        ),
        Peer(
            name="gateway shop",
            gateway=DeviceRef("shop", "router"),
            public_key=None,
            endpoint="shop.example.net:51820",
            allowed_ips=(IPv4Network("192.168.7.0/24"), host_prefix(IPv4Address("10.8.0.3"))),
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
            name="client laptop",
            gateway=None,
            public_key=CLIENT_KEY,
            endpoint=None,
            allowed_ips=(host_prefix(IPv4Address("10.8.2.10")),),
            keepalive=None,
            psk=None,
        ),
    ),
    endpoint="family",
)

RULES = Ruleset(
    (
        RuleChain(
            Chain.PREROUTING,
            accepts_rest=True,
            rules=(
                Rule(
                    Match(input_interfaces=("wg-mesh",), destinations=(ALIAS,)),
                    TranslateDestination(LAN),
                    "alias of home.lan",
                ),
                Rule(
                    Match(
                        input_interfaces=("wan0", "lan1"),
                        protocol=Protocol.TCP,
                        ports=(Ports(Protocol.TCP, 80, 80),),
                        local_destination=True,
                    ),
                    TranslateDestination(host_prefix(NODE), 8080),
                    "internet to web: public site",
                ),
            ),
        ),
        RuleChain(
            Chain.MSS,
            accepts_rest=True,
            rules=(
                Rule(
                    Match(output_interfaces=("wg-mesh", "wg-family"), protocol=Protocol.TCP),
                    ClampMss(),
                    "segments that fit into a tunnel",
                ),
            ),
        ),
        RuleChain(
            Chain.INPUT,
            accepts_rest=False,
            rules=(
                Rule(Match(states=(State.ESTABLISHED, State.RELATED)), Accept(), "answers"),
                Rule(Match(states=(State.INVALID,)), Drop(), "belongs to no connection"),
                Rule(
                    Match(icmpv6_types=("nd-neighbor-solicit", "packet-too-big")),
                    Accept(),
                    "neighbour discovery and errors",
                ),
                Rule(Match(family=Family.IPV6), Drop(), "IPv6 is not planned"),
                Rule(Match(input_interfaces=("lo",)), Accept(), "the device itself"),
                Rule(
                    Match(
                        input_interfaces=("lan1",),
                        sources=(LAN,),
                        protocol=Protocol.TCP,
                        ports=(SSH,),
                    ),
                    Accept(),
                    "management",
                ),
                Rule(
                    Match(input_interfaces=("wan0",), protocol=Protocol.ICMP),
                    Accept(),
                    "ping and path MTU",
                ),
                Rule(
                    Match(
                        input_interfaces=("wan0",),
                        protocol=Protocol.UDP,
                        ports=(WIREGUARD, Ports(Protocol.UDP, 33443, 33443)),
                    ),
                    Accept(),
                    "tunnels",
                ),
            ),
        ),
        RuleChain(
            Chain.FORWARD,
            accepts_rest=False,
            rules=(
                Rule(Match(states=(State.ESTABLISHED, State.RELATED)), Accept(), "answers"),
                Rule(
                    Match(
                        input_interfaces=("wan0",),
                        destinations=(host_prefix(NODE),),
                        protocol=Protocol.TCP,
                        ports=(WEB,),
                        original_port=80,
                    ),
                    Accept(),
                    "internet to web: public site",
                ),
                Rule(
                    Match(
                        input_interfaces=("wg-mesh",),
                        output_interfaces=("lan1",),
                        sources=(BARN,),
                        destinations=(host_prefix(NODE),),
                        protocol=Protocol.TCP,
                        ports=(SSH, Ports(Protocol.TCP, 5000, 5010)),
                        original_destinations=(ALIAS,),
                    ),
                    Accept(),
                    "barn.lan to home/server: backup",
                ),
            ),
        ),
        RuleChain(
            Chain.POSTROUTING,
            accepts_rest=True,
            rules=(
                Rule(
                    Match(output_interfaces=("wg-mesh",), sources=(LAN,)),
                    TranslateSource(ALIAS),
                    "alias of home.lan",
                ),
                Rule(
                    Match(output_interfaces=("lan1",), sources=(FAMILY,), not_destinations=(MESH,)),
                    TranslateSource(host_prefix(IPv4Address("192.168.1.1"))),
                    "answers come back through this device",
                ),
                Rule(
                    Match(
                        output_interfaces=("wan0",),
                        family=Family.IPV4,
                        not_sources=(MESH, FAMILY),
                    ),
                    Masquerade(),
                    "the uplink's one address",
                ),
            ),
        ),
    )
)

DNSMASQ = Dnsmasq(
    domain="home.example.net",
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
        Route(GATEWAY, BARN, "wg-mesh", None, "barn.lan under its alias"),
        Route(GATEWAY, IPv4Network("192.168.6.0/24"), "lan1", IPv4Address("192.168.1.2"), "attic"),
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
