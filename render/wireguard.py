"""Turns WireGuard interfaces into their configuration; keys are named, and joined on the device.

Words that start with @ stand for keys that are made on devices: `@private/INTERFACE` for the
interface's own, `@gateway/SITE/DEVICE` for the public key of a gateway, `@psk/PAIR` for the key
that two gateways share.
"""

from plan.model import Peer, PeerEnd, WireguardInterface
from render.environment import fill_template
from render.quoting import (
    Form,
    Written,
    remember_objects,
    require_form,
    write_device,
    write_interface,
    write_sentence,
)


class PeerKeyError(Exception):
    """A peer has no key, or two: a gateway's is made there, a client's is declared."""

    def __init__(self, peer: PeerEnd) -> None:
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
    head, tail = _write_end(peer.end)
    shared = f"PresharedKey = @psk/{require_form(Form.NAME, peer.psk)}\n" if peer.psk else ""
    # `wg syncconf` keeps the live value of a setting that is not named, so off is said too.
    return f"{head}{shared}{tail}PersistentKeepalive = {peer.keepalive or 'off'}\n"


@remember_objects
def _write_end(end: PeerEnd) -> tuple[str, str]:
    """What every interface writes alike of one far end: above its shared key, and below."""
    name = write_sentence(end.name)
    networks = ", ".join(map(str, end.allowed_ips))
    allowed = f"AllowedIPs = {networks}\n" if networks else ""
    endpoint = end.endpoint and require_form(Form.ENDPOINT, end.endpoint)
    dialled = f"Endpoint = {endpoint}\n" if endpoint else ""
    return f"\n[Peer]\n# {name}\nPublicKey = {_write_key(end)}\n", f"{allowed}{dialled}"


def _write_key(end: PeerEnd) -> str:
    gateway, key = end.gateway, end.public_key
    if gateway is not None and key is None:
        return f"@gateway/{write_device(gateway)}"
    if gateway is None and key is not None:
        return require_form(Form.WIREGUARD_KEY, key)
    raise PeerKeyError(end)
