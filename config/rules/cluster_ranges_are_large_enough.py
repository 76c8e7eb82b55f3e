"""The ranges of a cluster have the sizes that Kubernetes and Weave Net work with."""

from collections.abc import Iterator

from config.cluster import Cluster
from config.network import Network
from terms.problem import Problem

# Weave Net halves its range again and again until each node has a share, and keeps addresses for
# its bridge and for lost nodes; the kubelet's default is 110 pods a node.
PODS_A_NODE = 128
# kube-apiserver refuses more than 20 bits of host part; the cluster's DNS is number 10.
WIDEST_SERVICES, NARROWEST_SERVICES = 12, 28


def check(network: Network) -> list[Problem]:
    """Refuse pod and service ranges of a size with which no cluster would start."""
    return list(_check(network.cluster)) if network.cluster else []


def _check(cluster: Cluster) -> Iterator[Problem]:
    needed = PODS_A_NODE * len(cluster.nodes)
    if cluster.pods.num_addresses < needed:
        yield Problem(
            "E-CLU-11",
            "la1r:cluster.pods",
            f"{cluster.pods} holds {cluster.pods.num_addresses} of the {needed} addresses that"
            " its nodes need",
            "Weave Net would run out of addresses, and pods would not start",
            f"choose a range with at least {needed}, as 10.244.0.0/16",
        )
    length = cluster.services.prefixlen
    if not WIDEST_SERVICES <= length <= NARROWEST_SERVICES:
        yield Problem(
            "E-CLU-11",
            "la1r:cluster.services",
            f"{cluster.services} is a /{length}",
            "the API server would not start, or the cluster's DNS have no address",
            f"choose a range from /{WIDEST_SERVICES} to /{NARROWEST_SERVICES}, as 10.96.0.0/12",
        )
