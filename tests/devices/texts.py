"""Sets of device files for tests: small, and wrong in one way each."""

from render.files import DeviceFile, bundle_text

# The lab's management network (RFC 2544), from which its host logs in.
MANAGED_FROM = "198.18.0.0/16"
ANSWERS = 'ct state established,related accept comment "answers"'
ITSELF = 'iifname "lo" accept comment "the device itself"'
WAY_IN = f'ip saddr {MANAGED_FROM} tcp dport 22 accept comment "management/home/router"'
RULES = """\
# Written by la1r
table inet la1r
delete table inet la1r

table inet la1r {{
    chain filter_input {{
        type filter hook input priority filter; policy drop;

        {lines}
    }}
}}
"""
SETTINGS = "net.ipv4.ip_forward = 1\n"
READABLE = 0o644
# Shuts the device as soon as our rules are out of force, and opens it when they are back.
TRAP = """\
while nft list table inet la1r; do sleep 0.05; done
nft add table inet trap
nft add chain inet trap shut '{ type filter hook input priority 9; policy drop; }'
until nft list table inet la1r; do sleep 0.05; done
nft delete table inet trap
"""


def rules(*lines: str) -> str:
    """A table that drops what the lines do not accept."""
    return RULES.format(lines="\n        ".join(lines))


GOOD_RULES = rules(ANSWERS, WAY_IN)
WITH_PING = rules(ANSWERS, WAY_IN, 'meta l4proto icmp accept comment "ping"')
# The trap: whoever is in stays in, and nobody gets in any more.
ESTABLISHED_ALONE = rules(ANSWERS, 'tcp dport 22 drop comment "nobody new"', WAY_IN)
NOTHING_PASSES = rules('drop comment "everything"', WAY_IN)


def files(nftables: str = GOOD_RULES, **more: str) -> tuple[DeviceFile, ...]:
    """The files of a device; a dot in a name is written as two underscores."""
    texts = {
        "nftables.nft": nftables,
        "addresses": "",
        "routes": "",
        "sysctl.conf": SETTINGS,
        **{name.replace("__", "."): text for name, text in more.items()},
    }
    return tuple(DeviceFile(path, READABLE, text) for path, text in texts.items())


def bundle(nftables: str = GOOD_RULES, **more: str) -> str:
    """The text that travels to the device."""
    return bundle_text(files(nftables, **more))


def name_of(text: str) -> str:
    """The generation that a text says it is."""
    return text.split()[4]


def tunnel(port: int, *peers: str, address: str = "10.8.0.1/24") -> tuple[DeviceFile, ...]:
    """The files of a device with the interface wg-mesh and a route into it."""
    conf = f"[Interface]\nPrivateKey = @private/wg-mesh\nListenPort = {port}\n" + "".join(peers)
    return (
        DeviceFile("nftables.nft", READABLE, rules(ANSWERS, ITSELF, WAY_IN)),
        DeviceFile(
            "addresses",
            READABLE,
            f"wireguard wg-mesh mtu 1412\naddress {address} dev wg-mesh\n",
        ),
        DeviceFile("routes", READABLE, "10.200.2.0/24 dev wg-mesh # external.lan\n"),
        DeviceFile("sysctl.conf", READABLE, SETTINGS),
        DeviceFile("wireguard/wg-mesh.conf", READABLE, conf),
    )


def peer(name: str, allowed: str, endpoint: str = "", shared: bool = True) -> str:
    """A section of a peer whose keys are words."""
    psk = f"PresharedKey = @psk/home--{name}\n" if shared else ""
    dialled = f"Endpoint = {endpoint}\n" if endpoint else ""
    return (
        f"\n[Peer]\nPublicKey = @gateway/{name}/gateway\n{psk}"
        f"AllowedIPs = {allowed}\n{dialled}PersistentKeepalive = off\n"
    )


def tunnel_bundle(port: int, *peers: str) -> str:
    """The text of a device with a tunnel."""
    return bundle_text(tunnel(port, *peers))
