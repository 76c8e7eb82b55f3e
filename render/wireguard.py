"""Turns WireGuard interfaces into their configuration; keys are named, and joined on the device.

Words that start with @ stand for keys that are made on devices: `@private/INTERFACE` for the
interface's own, `@gateway/SITE/DEVICE` for the public key of a gateway, `@psk/PAIR` for the key
that two gateways share.
"""

from functools import lru_cache
from ipaddress import IPv4Network

from plan.model import Peer, WireguardInterface
from render.environment import fill_template
from render.quoting import (
    REMEMBERED,
    Form,
    Written,
    remember_objects,
    require_form,
    write_device,
    write_interface,
    write_sentence,
)
from terms.values import DeviceRef


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
    shared = f"PresharedKey = @psk/{require_form(Form.NAME, peer.psk)}\n" if peer.psk else ""
    allowed = _write_allowed(peer.allowed_ips) if peer.allowed_ips else ""
    dialled = _write_dialled(peer.endpoint) if peer.endpoint else ""
    # `wg syncconf` keeps the live value of a setting that is not named, so off is said too.
    return (
        f"\n[Peer]\n{_write_name(peer.name)}{_write_key(peer)}"
        f"{shared}{allowed}{dialled}PersistentKeepalive = {peer.keepalive or 'off'}\n"
    )


# Lines that many gateways of a large mesh share are written once.


@lru_cache(REMEMBERED)
def _write_name(name: str) -> str:
    return f"# {write_sentence(name)}\n"


def _write_key(peer: Peer) -> str:
    gateway, key = peer.gateway, peer.public_key
    if gateway is not None and key is None:
        return _write_gateway_key(gateway.site, gateway.device)
    if gateway is None and key is not None:
        return f"PublicKey = {require_form(Form.WIREGUARD_KEY, key)}\n"
    raise PeerKeyError(peer)


@lru_cache(REMEMBERED)
def _write_gateway_key(site: str, device: str) -> str:
    return f"PublicKey = @gateway/{write_device(DeviceRef(site, device))}\n"


@remember_objects
def _write_allowed(networks: tuple[IPv4Network, ...]) -> str:
    return f"AllowedIPs = {', '.join(map(str, networks))}\n"


@lru_cache(REMEMBERED)
def _write_dialled(endpoint: str) -> str:
    return f"Endpoint = {require_form(Form.ENDPOINT, endpoint)}\n"
