"""Connects road warriors of a lab to its VPN endpoints."""

from lab.project import LabProject

# Every private address: more than any client may reach, and nothing of what may stop it is here.
WIDE = "10.0.0.0/8, 192.168.0.0/16"
INTERFACE = "wg0"
CLIENTS = {
    "laptop": ("home-gateway", "wg-family", "203.0.113.2:33443", "10.8.2.10"),
    "phone": ("home-gateway", "wg-guests", "203.0.113.2:33444", "10.8.4.10"),
    "tablet": ("external-gateway", "wg-away", "203.0.113.3:33443", "10.8.6.10"),
}


def connect(project: LabProject, name: str, *, allowed: str = WIDE) -> None:
    """Bring a client's tunnel up, with everything sent into it."""
    gateway, interface, endpoint, address = CLIENTS[name]
    public = project.lab[gateway].run("wg", "show", interface, "public-key").strip()
    text = (
        f"[Interface]\nPrivateKey = {project.clients[name].private}\nAddress = {address}/32\n"
        f"[Peer]\nPublicKey = {public}\nAllowedIPs = {allowed}\nEndpoint = {endpoint}\n"
        "PersistentKeepalive = 5\n"
    )
    machine = project.lab[name]
    machine.write(f"/etc/wireguard/{INTERFACE}.conf", text, 0o600)
    up = f"wg-quick down {INTERFACE} >/dev/null 2>&1; wg-quick up {INTERFACE} >/dev/null 2>&1"
    machine.run("sh", "-c", f"{up} </dev/null")
