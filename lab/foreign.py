"""Describes machines that somebody else has set up: an ISP's routers, and a firewall we find."""

from ipaddress import IPv4Address
from pathlib import Path

from lab.topology import File, Interface, Machine, file

_UFW = Path(__file__).parent / "scripts" / "ufw.sh"
# As iptables-nft loads them, shortened: SSH and ping come in, nothing passes through.
_UFW_TABLE = """\
table {family} filter {{
    chain INPUT {{
        type filter hook input priority filter; policy drop;
        jump ufw{digit}-before-input
        jump ufw{digit}-user-input
    }}
    chain FORWARD {{
        type filter hook forward priority filter; policy drop;
        jump ufw{digit}-before-forward
    }}
    chain OUTPUT {{
        type filter hook output priority filter; policy accept;
    }}
    chain ufw{digit}-before-input {{
        iifname "lo" counter accept
        ct state related,established counter accept
        meta l4proto {icmp} counter accept
    }}
    chain ufw{digit}-user-input {{
        tcp dport 22 counter accept
    }}
    chain ufw{digit}-before-forward {{
        ct state related,established counter accept
    }}
}}
"""
# Everything behind it shares its address, and nobody outside opens anything.
_NAT_TABLE = """\
table ip provider {{
    chain postrouting {{
        type nat hook postrouting priority srcnat; policy accept;
        oifname "{outside}" masquerade
    }}
    chain forward {{
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        iifname "{inside}" accept
    }}
}}
"""


def nat_router(
    name: str, outside: Interface, inside: Interface, gateway: str | None, *boot: str
) -> Machine:
    """Describe a router that translates addresses, and that none of our people may log in to.

    Without a gateway it asks for its outer address, and one boot waits for the answer.
    """
    ask = () if gateway else (f"/lab/ask {outside.name} -n",)
    nat = _NAT_TABLE.format(outside=outside.name, inside=inside.name)
    return Machine(
        name,
        (outside, inside),
        IPv4Address(gateway) if gateway else None,
        files=(file("/etc/provider.nft", nat),),
        boot=(
            *ask,
            "nft -f /etc/provider.nft",
            "echo 1 >/proc/sys/net/ipv4/ip_forward",
            *boot,
        ),
        managed=False,
    )


def dhcp_server(interface: str, first: str, last: str, router: str) -> str:
    """Give the boot line of a machine that leases addresses and says where the internet is."""
    return (
        "dnsmasq --conf-file=/dev/null --port=0 --no-ping --dhcp-authoritative "
        f"--interface={interface} --bind-dynamic --dhcp-range={first},{last},1h "
        f"--dhcp-option=option:router,{router}"
    )


def active_ufw() -> tuple[File, ...]:
    """Give the files of a machine on which ufw is switched on."""
    rules = _UFW_TABLE.format(family="ip", digit="", icmp="icmp")
    rules += _UFW_TABLE.format(family="ip6", digit="6", icmp="ipv6-icmp")
    script = _UFW.read_text(encoding="utf-8")
    return (
        file("/usr/sbin/ufw", script, 0o755),
        file("/etc/rcS.d/S01ufw", script, 0o755),
        file("/etc/ufw/ufw.conf", "ENABLED=yes\nLOGLEVEL=low\n"),
        file("/etc/ufw/rules.nft", rules),
    )
