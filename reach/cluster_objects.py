"""Namespaces, pods and policies as an API server lists them -> what reach judges."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address

from msgspec import Struct

from reach.policies import Pod
from reach.policy_form import Policy, read_policy
from reach.selectors import Labels, PolicyFormError, labels_of
from render.manifest import (
    NAMESPACE_LABEL,
    NETWORK_POLICY,
    Fields,
    Json,
    Manifest,
    Meta,
    as_fields,
    as_items,
)

# Their addresses belong to nobody any more (Kubernetes API: PodPhase).
ENDED = ("Succeeded", "Failed")


class ClusterObjects(Struct, frozen=True):
    """What is in a cluster, as far as policies are concerned; names are `namespace/name`."""

    pods: Mapping[str, Pod]
    # With the label that the API server sets.
    namespaces: Mapping[str, Labels]
    policies: tuple[Policy, ...]
    # The same policies as they stand there, also those that could not be read.
    manifests: tuple[Manifest, ...]
    unread: tuple[PolicyFormError, ...]
    # Pods with the network of their node, which no policy selects.
    on_host: tuple[str, ...]


def read_cluster(objects: Iterable[Fields]) -> ClusterObjects:
    """Read listed objects; other kinds are passed over."""
    listed = tuple(objects)
    namespaces = dict(map(_namespace, _of_kind(listed, "Namespace")))
    running = [pod for pod in _of_kind(listed, "Pod") if _at(pod, "status", "phase") not in ENDED]
    manifests = tuple(map(read_manifest, _of_kind(listed, NETWORK_POLICY.name)))
    read = [_try_to_read(manifest) for manifest in manifests]
    return ClusterObjects(
        pods={_name(pod): _pod(pod, namespaces) for pod in running if not _is_on_host(pod)},
        namespaces=namespaces,
        policies=tuple(each for each in read if isinstance(each, Policy)),
        manifests=manifests,
        unread=tuple(each for each in read if isinstance(each, PolicyFormError)),
        on_host=tuple(_name(pod) for pod in running if _is_on_host(pod)),
    )


def read_manifest(found: Fields) -> Manifest:
    """A policy that somebody else wrote, in the form in which ours are."""
    metadata = as_fields(found.get("metadata"))
    meta = Meta(
        name=str(metadata.get("name")),
        namespace=str(metadata.get("namespace") or "default"),
        labels=dict(labels_of(metadata.get("labels"))),
        annotations=dict(labels_of(metadata.get("annotations"))),
    )
    return Manifest(NETWORK_POLICY, meta, None, {"spec": as_fields(found.get("spec"))})


def _try_to_read(manifest: Manifest) -> Policy | PolicyFormError:
    try:
        return read_policy(manifest)
    except PolicyFormError as refusal:
        return refusal


def _of_kind(objects: Iterable[Fields], kind: str) -> Iterator[Fields]:
    return (each for each in objects if each.get("kind") == kind)


def _namespace(found: Fields) -> tuple[str, Labels]:
    """Its labels with the one that the API server sets."""
    name = str(_at(found, "metadata", "name"))
    written = dict(labels_of(_at(found, "metadata", "labels")))
    return name, tuple(sorted({**written, NAMESPACE_LABEL: name}.items()))


def _pod(found: Fields, namespaces: Mapping[str, Labels]) -> Pod:
    namespace = _name(found).partition("/")[0]
    return Pod(
        namespace=namespace,
        labels=labels_of(_at(found, "metadata", "labels")),
        namespace_labels=namespaces.get(namespace, ((NAMESPACE_LABEL, namespace),)),
        address=_address(_at(found, "status", "podIP")),
        named_ports=tuple(sorted(_named_ports(found))),
    )


def _named_ports(found: Fields) -> Iterator[tuple[tuple[str, str], int]]:
    for container in map(as_fields, as_items(_at(found, "spec", "containers"))):
        for port in map(as_fields, as_items(container.get("ports"))):
            number = port.get("containerPort")
            if port.get("name") and isinstance(number, int):
                protocol = str(port.get("protocol") or "TCP").lower()
                yield (protocol, str(port["name"])), number


def _address(written: Json) -> int:
    """0, which no range that anybody writes holds but that of all, where it has none yet."""
    try:
        return int(IPv4Address(str(written)))
    except AddressValueError:
        return 0


def _is_on_host(pod: Fields) -> bool:
    return bool(_at(pod, "spec", "hostNetwork"))


def _name(found: Fields) -> str:
    metadata = as_fields(found.get("metadata"))
    return f"{metadata.get('namespace') or 'default'}/{metadata.get('name')}"


def _at(found: Fields, *keys: str) -> Json:
    value: Json = found
    for key in keys:
        value = as_fields(value).get(key)
    return value
