"""Turns what a VPN client has to know into the file that WireGuard's programs read."""

from plan.model import ClientProfile
from plan.tunnels import KEEPALIVE
from render.environment import fill_template
from render.quoting import Written


def render_client(client: ClientProfile, public_key: str | None, private_key: str | None) -> str:
    """Write the file of one client; a key that is not given is replaced by a comment.

    `public_key` is the endpoint's, `private_key` the client's own.
    """
    return fill_template(
        "client/wireguard.conf.j2",
        client=client,
        dialled=f"{client.host}:{client.port}",
        routes=Written(", ".join(str(route.network) for route in client.routes)),
        public_key=public_key,
        private_key=private_key,
        keepalive=KEEPALIVE,
    )
