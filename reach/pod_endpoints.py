"""Namespaces, services and policies -> the pods that some selector tells apart."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from config.references import namespace_owner
from plan.model import Plan
from reach.findings import Endpoint, EndpointKind
from reach.label_index import LabelIndex, bits_of
from reach.policies import Pod
from reach.policy_form import Policy
from reach.selectors import Labels, labels_of
from reach.standing import Standing
from reach.world import World
from render.manifest import NAMESPACE, NAMESPACE_LABEL, Manifest


class Namespace(Struct, frozen=True):
    """A namespace with its labels; of a system one nothing but its name is known."""

    name: str
    labels: Labels
    tenant: str | None
    system: bool


def find_pods(
    plan: Plan, world: World, manifests: Iterable[Manifest], policies: tuple[Policy, ...]
) -> Iterator[Standing]:
    """The workloads of services by name, then pods of other labels, then all others."""
    if plan.network.cluster is None:
        return
    namespaces = tuple(_namespaces(plan, manifests))
    told_apart = _labels_told_apart(policies, namespaces)
    for name, labels in _labels_of_flows(plan):
        told_apart[name].add(labels)
    for namespace in namespaces:
        known: dict[Labels, str] = {}
        for name, labels, address in _services_in(plan, namespace):
            known[labels] = name
            yield _standing(world, namespace, name, labels, address)
        for labels in sorted(told_apart[namespace.name] - known.keys() - {()}):
            written = ",".join(f"{key}={value}" for key, value in labels)
            yield _standing(
                world, namespace, f"namespace.{namespace.name}[{written}]", labels, None
            )
        yield _standing(world, namespace, f"namespace.{namespace.name}", (), None)


def _namespaces(plan: Plan, manifests: Iterable[Manifest]) -> Iterator[Namespace]:
    found = {
        manifest.name: Namespace(
            manifest.name,
            tuple(sorted({*_labels_of(manifest), (NAMESPACE_LABEL, manifest.name)})),
            namespace_owner(plan.network, manifest.name),
            system=False,
        )
        for manifest in manifests
        if manifest.type == NAMESPACE
    }
    cluster = plan.network.cluster
    for name in cluster.system if cluster else ():
        labels = ((NAMESPACE_LABEL, name),)
        found.setdefault(name, Namespace(name, labels, None, system=True))
    yield from (found[name] for name in sorted(found))


def _labels_of(manifest: Manifest) -> Labels:
    return labels_of(manifest.at("metadata", "labels"))


def _services_in(plan: Plan, namespace: Namespace) -> Iterator[tuple[str, Labels, int | None]]:
    tenant = plan.network.tenants.get(namespace.tenant or "")
    for name, service in sorted(tenant.services.items()) if tenant else ():
        if service.namespace == namespace.name:
            address = int(service.address) if service.address else None
            labels = tuple(sorted(service.selector.items()))
            yield f"{namespace.tenant}/{name}", labels, address


def _labels_told_apart(
    policies: tuple[Policy, ...], namespaces: tuple[Namespace, ...]
) -> dict[str, set[Labels]]:
    """Labels of pods that some policy selects or lets in, by namespace; a set for each selector."""
    index = LabelIndex([namespace.labels for namespace in namespaces])
    found: dict[str, set[Labels]] = defaultdict(set)
    for policy in policies:
        found[policy.namespace].add(policy.pods.example)
        rules = (*policy.ingress, *policy.egress)
        for peer in (peer for rule in rules for peer in rule.peers):
            if peer.pods is None:
                continue
            if peer.namespaces is None:
                found[policy.namespace].add(peer.pods.example)
                continue
            for place in bits_of(index.selected(peer.namespaces)):
                found[namespaces[place].name].add(peer.pods.example)
    return found


def _labels_of_flows(plan: Plan) -> Iterator[tuple[str, Labels]]:
    """Labels of pods that some flow speaks of, whether a policy does so or not, by namespace."""
    for flow in plan.flows:
        for party in (flow.source, flow.target):
            if party.pods is not None:
                labels = tuple(sorted(party.pods.labels))
                yield from ((name, labels) for name in party.pods.namespaces)


def _standing(
    world: World, namespace: Namespace, name: str, labels: Labels, service: int | None
) -> Standing:
    owner = f"tenant {namespace.tenant}" if namespace.tenant else "the system"
    what = f"pods of {owner} in namespace {namespace.name}"
    if labels:
        what = f"{what} with {', '.join(f'{key}={value}' for key, value in labels)}"
    elif not namespace.system:
        what = f"other {what}"
    return Standing(
        Endpoint(name, EndpointKind.PODS, what, tenant=namespace.tenant, system=namespace.system),
        dials=(_means(world, service),) if service else (),
        pod=Pod(namespace.name, labels, namespace.labels, world.pod),
        service=service,
    )


def _means(world: World, address: int) -> tuple[int, ...]:
    service = world.services.get(address)
    nodes = service.announcers if service else ()
    return world.means(nodes[0].site, address) if nodes else (address,)
