"""The options of Weave Net fit each other and its release."""

from collections.abc import Iterator

from config.cluster import Cluster
from config.network import Network
from terms.problem import Problem, Severity

# Its images have no branch that switches the policy controller to legacy iptables.
NFT_ONLY = "2.9.0"
# Weave's fast datapath works in words of four bytes.
MTU_STEP = 4


def check(network: Network) -> list[Problem]:
    """Refuse options under which policies or connections would fail; warn of idle ones."""
    return list(_check(network.cluster)) if network.cluster else []


def _check(cluster: Cluster) -> Iterator[Problem]:
    weave, path = cluster.weave, "la1r:cluster.weave"
    if weave.version == NFT_ONLY and weave.iptables_backend == "legacy":
        yield Problem(
            "E-WEA-01",
            f"{path}.iptables_backend",
            f"the backend is legacy, and the release {weave.version} ({path}.version)",
            "router and policy controller would write to different tables, and policies not hold",
            "write nft, or a release before 2.9.0 as 2.8.10",
        )
    if weave.connection_limit < len(cluster.nodes) - 1:
        yield Problem(
            "E-WEA-02",
            f"{path}.connection_limit",
            f"the limit is {weave.connection_limit}, and there are {len(cluster.nodes)} nodes",
            "some nodes would reach each other over others, or not at all",
            f"write {len(cluster.nodes) - 1} or more",
        )
    if weave.mtu and weave.mtu % MTU_STEP:
        yield Problem(
            "W-WEA-03",
            f"{path}.mtu",
            f"the MTU {weave.mtu} is not divisible by {MTU_STEP}",
            "full packets do not fit the fast datapath, which is then left for a slow one",
            f"write {weave.mtu - weave.mtu % MTU_STEP}, or leave it out to have it computed",
            Severity.WARNING,
        )
    if weave.trusted_subnets and not weave.encryption:
        yield Problem(
            "W-WEA-04",
            f"{path}.trusted_subnets",
            "trusted subnets are listed, and encryption is off",
            "the list has no effect",
            "write `encryption: true`, or leave the list out",
            Severity.WARNING,
        )
