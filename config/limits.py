"""A number beyond its limit -> why the limit is there."""

# By key, since one key means the same in every record that has it.
REASONS = {
    "id": "what is made from it would not exist",
    "index": "the first address of the range is the endpoint's own",
    "vlan": "switches know the VLAN ids 1 to 4094 alone (IEEE 802.1Q)",
    "mtu": "IPv4 asks for 576 bytes (RFC 791), and jumbo frames end near 9000",
    "port": "TCP and UDP have the ports 1 to 65535",
    "target": "TCP and UDP have the ports 1 to 65535",
    "through": "TCP and UDP have the ports 1 to 65535",
    "node_port": "TCP and UDP have the ports 1 to 65535",
    "window": "a change needs the time to be confirmed, and a lock-out must not last",
    "unit": "no rack has such a unit",
    "units": "no rack is that high",
    "height": "no rack is that high",
    "pods": "the cluster would refuse the tenant's quota",
    "services": "the cluster would refuse the tenant's quota",
    "load_balancers": "the cluster would refuse the tenant's quota",
    "connection_limit": "Weave Net would refuse to start, or lose nodes",
}
OTHERWISE = "no device could be configured with it"


def explain_limit(key: str) -> str:
    """Say what a number that is too small or too large would do."""
    return REASONS.get(key, OTHERWISE)
