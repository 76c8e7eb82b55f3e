"""Describes the network of Pulumi.lab.yaml as it is before anything is deployed to it.

Managed routers and servers are bare: they have their addresses and a way to the internet, and
neither forward nor filter. Everybody else's machines do already what they do in real life.
"""

from ipaddress import IPv4Address

from lab.foreign import active_ufw, dhcp_server, nat_router
from lab.topology import Interface, Machine, Segment, Topology, host, plug

INTERNET_GATEWAY = "203.0.113.1"
# Beyond the segment that all sites share: reached through a default route alone.
FAR_ADDRESS = "198.51.100.7"
# The cable of a device that is being prepared, and the bench's end of it.
BENCH = "bench0"
# What a provider's PPPoE leaves of 1500.
CARRIER_MTU = 1492

SEGMENTS = (
    Segment("internet"),
    Segment("carrier", CARRIER_MTU),
    Segment("home-lan"),
    Segment("home-servers"),
    Segment("home-bench"),
    Segment("external-lan"),
    Segment("attic-lan"),
    Segment("barn-lan"),
)


def describe_la1r() -> Topology:
    """Describe the internet, four sites, and people on the road."""
    machines = (*_internet(), *_home(), *_external(), *_attic(), *_barn(), *_on_the_road())
    return Topology("la1r", SEGMENTS, machines)


def _internet() -> tuple[Machine, ...]:
    leases = dhcp_server("eth0", "203.0.113.200", "203.0.113.220", INTERNET_GATEWAY)
    return (
        Machine(
            "internet",
            (plug("eth0", "internet", f"{INTERNET_GATEWAY}/24"),),
            boot=(f"ip address add {FAR_ADDRESS}/32 dev lo", leases),
            managed=False,
        ),
    )


def _home() -> tuple[Machine, ...]:
    """Give the site with a public address, a server in a network of its own, and the operator."""
    gateway = _router(
        "home-gateway",
        plug("wan0", "internet", "203.0.113.2/24"),
        plug("lan0", "home-lan", "192.168.1.1/24"),
        plug("srv0", "home-servers", "192.168.5.254/24"),
        plug(BENCH, "home-bench", "192.168.9.1/24"),
    )
    printer = plug("eth0", "home-lan", mac="02:00:00:00:01:20", asks=True)
    return (
        gateway,
        host("home-server", "home-servers", "192.168.5.5/24", "192.168.5.254"),
        Machine("home-printer", (printer,)),
        host("home-pc", "home-lan"),
        _operator(),
    )


def _operator() -> Machine:
    """Give whoever runs the network: with a place in the LAN, and one at the bench."""
    places = (plug("eth0", "home-lan", "192.168.1.10/24"), _at_the_bench(10))
    return Machine("operator", places, IPv4Address("192.168.1.1"))


def _at_the_bench(number: int) -> Interface:
    """Give the cable by which a device is prepared, before it travels to where only the mesh is."""
    return plug(BENCH, "home-bench", f"192.168.9.{number}/24")


def _external() -> tuple[Machine, ...]:
    """Give the site whose LAN is home's range again, and whose router has a firewall already."""
    wan = plug("wan0", "internet", "203.0.113.3/24")
    lan = plug("lan0", "external-lan", "192.168.1.1/24")
    router = _router("external-gateway", wan, lan)
    return (
        Machine(router.name, router.interfaces, router.gateway, files=active_ufw()),
        host("external-nas", "external-lan", "192.168.1.50/24", "192.168.1.1"),
        host("external-pc", "external-lan"),
    )


def _attic() -> tuple[Machine, ...]:
    """Give the site that dials and cannot be dialled; nobody sees its router from outside."""
    carrier = nat_router(
        "carrier",
        plug("wan0", "internet", "203.0.113.4/24"),
        plug("lan0", "carrier", "100.64.0.1/24"),  # RFC 6598
        INTERNET_GATEWAY,
    )
    gateway = Machine(
        "attic-gateway",
        (
            plug("wan0", "carrier", "100.64.0.2/24"),
            plug("lan0", "attic-lan", "192.168.30.1/24"),
            _at_the_bench(30),
        ),
        IPv4Address("100.64.0.1"),
        managed=False,
    )
    return (
        carrier,
        gateway,
        host("attic-pc", "attic-lan", "192.168.30.10/24", "192.168.30.1"),
        host("attic-tv", "attic-lan"),
    )


def _barn() -> tuple[Machine, ...]:
    """Give the site whose gateway stands with one arm in the LAN of an unmanaged router."""
    box = nat_router(
        "barn-box",
        plug("wan0", "internet"),
        plug("lan1", "barn-lan", "192.168.1.1/24"),
        None,
        dhcp_server("lan1", "192.168.1.100", "192.168.1.199", "192.168.1.1"),
    )
    pi = (plug("eth0", "barn-lan", "192.168.1.50/24"), _at_the_bench(40))
    return (
        box,
        Machine("barn-pi", pi, IPv4Address("192.168.1.1")),
        host("barn-pc", "barn-lan"),
    )


def _on_the_road() -> tuple[Machine, ...]:
    """Give the clients of two tenants, and one that will try what it may not."""
    return tuple(
        host(name, "internet", f"203.0.113.{number}/24", INTERNET_GATEWAY)
        for name, number in (("laptop", 101), ("phone", 102), ("tablet", 103), ("rogue", 166))
    )


def _router(name: str, *interfaces: Interface) -> Machine:
    return Machine(name, interfaces, IPv4Address(INTERNET_GATEWAY))
