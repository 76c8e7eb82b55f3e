"""Rules made by hand for the gateway of tests/render/devices.py: every chain, most fields."""

from ipaddress import IPv4Address, IPv4Network

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
from terms.values import Ports, Protocol

LAN = IPv4Network("192.168.1.0/24")
ALIAS = IPv4Network("10.200.1.0/24")
MESH = IPv4Network("10.8.0.0/24")
FAMILY = IPv4Network("10.8.2.0/24")
BARN = IPv4Network("10.200.2.0/24")
NODE = IPv4Address("192.168.1.228")
WEB = Ports(Protocol.TCP, 8080, 8080)
SSH = Ports(Protocol.TCP, 22, 22)
WIREGUARD = Ports(Protocol.UDP, 51820, 51820)

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
