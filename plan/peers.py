"""The ends of a flow -> the peers that a policy names, as pods see them."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from plan.merging import without_parts
from plan.model import Party, PartyKind, PlannedFlow, PodSet, PolicyPeer
from plan.sightings import Surroundings, journeys_of

ANYWHERE = IPv4Network("0.0.0.0/0")


def peers_of_source(around: Surroundings, flow: PlannedFlow) -> tuple[PolicyPeer, ...]:
    """Whom the target's pods see: the client's own address, as routers on the way leave it.

    Published services keep it, because nodes without a pod do not answer for the address
    (externalTrafficPolicy Local).
    """
    if flow.source.pods:
        return _pod_peers(flow.source.pods)
    if flow.source.kind is PartyKind.INTERNET:
        return _internet_peers(around, flow.source)
    if flow.source.device in around.topology.nodes:
        # A node's own kube-proxy takes what it sends to a service, so no router hides it.
        return _blocks((*flow.source.networks, *flow.source.effective))
    return _blocks(network for journey in journeys_of(around, flow) for network in journey.arriving)


def peers_of_target(around: Surroundings, flow: PlannedFlow) -> tuple[PolicyPeer, ...]:
    """Whom the source's pods dial; service addresses are translated before a policy looks."""
    target = flow.target
    if target.pods:
        return _pod_peers(target.pods)
    if target.kind is PartyKind.INTERNET:
        return _internet_peers(around, target)
    sites = {node.site for node in around.topology.nodes}
    own = target.networks if target.site in sites else ()
    outer = target.effective if sites - {target.site} else ()
    return _blocks((*own, *outer))


def _pod_peers(pods: PodSet) -> tuple[PolicyPeer, ...]:
    if pods.whole_tenant:
        return (PolicyPeer(tenant=pods.tenant),)
    return tuple(PolicyPeer(namespace=n, labels=pods.labels) for n in pods.namespaces)


def _internet_peers(around: Surroundings, party: Party) -> tuple[PolicyPeer, ...]:
    if party.networks:
        return _blocks(party.networks)
    return (PolicyPeer(block=ANYWHERE, excepts=around.internal),)


def _blocks(networks: Iterable[IPv4Network]) -> tuple[PolicyPeer, ...]:
    return tuple(PolicyPeer(block=network) for network in without_parts(networks))
