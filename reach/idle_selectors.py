"""Policies and workloads -> the selectors that select nobody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from config.network import Network
from reach.policy_form import Peer, Policy
from reach.selectors import Labels, Selector
from render.manifest import NAMESPACE_LABEL, TENANT_LABEL
from terms.problem import Problem


class Home(Struct, frozen=True):
    """A namespace with its labels and what runs in it; None where nobody can say."""

    labels: Labels
    workloads: Sequence[Labels] | None


Homes = Mapping[str, Home]


def declared_homes(network: Network) -> Homes:
    """The namespaces of a description, with the pods that its services stand for."""
    found = {
        namespace: Home(
            tuple(sorted({NAMESPACE_LABEL: namespace, TENANT_LABEL: name}.items())),
            tuple(
                tuple(sorted(service.selector.items()))
                for service in tenant.services.values()
                if service.namespace == namespace
            ),
        )
        for name, tenant in network.tenants.items()
        for namespace in tenant.namespaces
    }
    system = network.cluster.system if network.cluster else ()
    return {name: Home(((NAMESPACE_LABEL, name),), None) for name in system} | found


def find_idle_selectors(policies: Iterable[Policy], homes: Homes) -> Iterator[Problem]:
    """A problem for each selector of a policy that selects nobody: often a word is misspelt."""
    for policy in policies:
        if policy.namespace in homes and not _selects_any(policy.pods, [homes[policy.namespace]]):
            yield _problem(policy, f"it is for pods {policy.pods}", "it does nothing")
        peers = (peer for rule in (*policy.ingress, *policy.egress) for peer in rule.peers)
        for peer in dict.fromkeys(peers):
            if peer.block is None and not _is_anybody(policy, peer, homes):
                yield _problem(policy, f"it opens to {_words(peer)}", "it lets nobody in or out")


def _is_anybody(policy: Policy, peer: Peer, homes: Homes) -> bool:
    if peer.namespaces is None:
        known = [homes[policy.namespace]] if policy.namespace in homes else None
    else:
        known = [home for home in homes.values() if peer.namespaces.selects(home.labels)]
    return known is None or _selects_any(peer.pods or Selector(), known)


def _selects_any(pods: Selector, homes: Sequence[Home]) -> bool:
    """Every pod of a namespace may be there though none is declared."""
    return any(
        home.workloads is None
        or not pods.expressions
        or any(pods.selects(labels) for labels in home.workloads)
        for home in homes
    )


def _words(peer: Peer) -> str:
    pods = f"pods {peer.pods}" if peer.pods and peer.pods.expressions else "the pods"
    return pods if peer.namespaces is None else f"{pods} of namespaces {peer.namespaces}"


def _problem(policy: Policy, found: str, consequence: str) -> Problem:
    return Problem(
        "E-NPC-17",
        f"kubernetes/NetworkPolicy/{policy.path}",
        f"{found}, and there are none",
        consequence,
        "compare the labels with those of the pods, or take it out",
    )
