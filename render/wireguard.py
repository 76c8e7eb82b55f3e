"""Turns WireGuard interfaces into their configuration; keys are named, and joined on the device.

Words that start with @ stand for keys that are made on devices: `@private/INTERFACE` for the
interface's own, `@gateway/SITE/DEVICE` for the public key of a gateway, `@psk/PAIR` for the key
that two gateways share.
"""

from plan.model import Peer, WireguardInterface
from render.environment import fill_template
from render.quoting import (
    Form,
    Written,
    write_device,
    write_endpoint,
    write_interface,
    write_name,
    write_networks,
    write_sentence,
)


class PeerKeyError(Exception):
    """A peer has no key, or two: a gateway's is made there, a client's is declared."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(f"peer {peer.name!r} needs either a gateway or a public key")
        self.peer = peer


def render_wireguard(interface: WireguardInterface) -> str:
    """Write the file of one interface; raises PeerKeyError, and UnwritableValueError for names."""
    return fill_template(
        "linux/wireguard.conf.j2",
        interface=interface,
        private_key=Written(f"@private/{write_interface(interface.name)}"),
        # Line by line in a template would take most of the time of a large mesh.
        peers=Written("".join(map(write_peer, interface.peers))),
    )


def write_peer(peer: Peer) -> str:
    """Write one section [Peer]; raises PeerKeyError, and UnwritableValueError for names."""
    shared = f"PresharedKey = @psk/{write_name(Form.NAME, peer.psk)}\n" if peer.psk else ""
    allowed = f"AllowedIPs = {write_networks(peer.allowed_ips)}\n" if peer.allowed_ips else ""
    dialled = f"Endpoint = {write_endpoint(peer.endpoint)}\n" if peer.endpoint else ""
    return (
        "\n[Peer]\n"
        f"# {write_sentence(peer.name)}\n"
        f"PublicKey = {_write_key(peer)}\n"
        f"{shared}{allowed}{dialled}"
        # `wg syncconf` keeps the live value of a setting that is not named, so off is said too.
        f"PersistentKeepalive = {peer.keepalive or 'off'}\n"
    )


def _write_key(peer: Peer) -> str:
    gateway, key = peer.gateway, peer.public_key
    if gateway is not None and key is None:
        return f"@gateway/{write_device(gateway)}"
    if gateway is None and key is not None:
        return write_name(Form.WIREGUARD_KEY, key)
    raise PeerKeyError(peer)
