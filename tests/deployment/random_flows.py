"""Flows, roles, trust and switches that nobody thought of, on the network of the lab."""

from random import Random

from lab.project import Description

ENDS = (
    *("home", "home.lan", "home.servers", "home/printer", "home/server", "home/gateway"),
    *("external", "external.lan", "external/gateway", "attic", "attic.lan", "attic/gateway"),
    *("barn", "barn.lan", "barn/pi"),
    *("client.laptop", "client.phone", "client.tablet", "vpn.family", "vpn.guests", "vpn.away"),
    *("internet", "tenant.family", "tenant.guests"),
)
PORTS = (
    *("tcp/22", "tcp/80", "tcp/139", "tcp/443", "tcp/8080", "tcp/9999", "tcp/79-90"),
    *("udp/69", "udp/5353", "udp/40000", "udp/1-100", "icmp", "any"),
)
PUBLIC_PORTS = ("tcp/80", "tcp/443", "tcp/8080", "tcp/9999", "udp/5353")
# Without these nobody could deploy, or ask for an address.
KEPT = ("management/", "wireguard/", "dhcp/")


def describe_at_random(config: Description, random: Random, implied: list[str]) -> None:
    """Say something else about who may reach whom; it may be refused."""
    config["la1r:flows"] = [_make_flow(random) for _ in range(random.randrange(2, 9))]
    config.pop("la1r:expect", None)
    for tenant in config["la1r:tenants"].values():
        tenant["trust"] = random.choice(("owner", "guest"))
    home, attic = (config["la1r:sites"][name]["prefixes"]["lan"] for name in ("home", "attic"))
    home["role"] = random.choice(("user", "user", "user", "iot", "infrastructure"))
    attic["role"] = random.choice(("user", "user", "servers", "iot"))
    off = [name for name in implied if not name.startswith(KEPT) and random.random() < 0.1]
    config["la1r:network"] = {
        **config["la1r:network"],
        "operator": {"at": "home", "prefixes": ["lan", "bench"]},
        "implied_off": off if random.random() < 0.6 else [],
    }


def _make_flow(random: Random) -> Description:
    source, target = random.sample(ENDS, 2)
    flow: Description = {"from": source, "to": target, "why": "nobody knows"}
    if source == "internet":
        flow["ports"] = [random.choice(PUBLIC_PORTS)]
        if random.random() < 0.5:
            flow["through"] = random.choice((80, 443, 9999))
    elif random.random() < 0.8:
        flow["ports"] = random.sample(PORTS, random.randrange(1, 3))
    return flow
