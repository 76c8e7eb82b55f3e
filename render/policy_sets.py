"""NetworkPolicies -> the sets of addresses that weave-npc keeps for them, and which it mixes up.

weave-npc names a set after what its selectors look like as text, the namespaces' and the pods' put
behind each other with nothing between. Two selectors that mean different pods may have one name
(seen on 2.9.0; the form of the names: npc/selector.go and npc/ipblock.go there): a second set of
another type cannot be made, and of the same type it is not made, but shared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from render.manifest import Fields, Json, Manifest, as_fields, as_items, as_texts
from terms.problem import Problem

# As ipset calls them.
_ADDRESSES, _LISTS, _RANGES = "hash:ip", "list:set", "hash:net"
_OPERATORS = {"In": " in ", "NotIn": " notin "}


class KeptSet(Struct, frozen=True):
    """A set as weave-npc would make it: its name, its type, and whom it should hold."""

    name: str
    type: str
    meaning: str


def find_shared_sets(policies: Iterable[Manifest]) -> Iterator[Problem]:
    """A problem for each policy that needs a set which another one needs for other pods."""
    users: dict[str, dict[KeptSet, Manifest]] = defaultdict(dict)
    for policy in sorted(policies, key=lambda each: each.path):
        for kept in _sets_of(policy):
            users[kept.name].setdefault(kept, policy)
    for sharing in users.values():
        first, *others = sharing.items()
        yield from (_problem(first, other) for other in others)


def _problem(first: tuple[KeptSet, Manifest], other: tuple[KeptSet, Manifest]) -> Problem:
    (kept, policy), (clashing, later) = first, other
    if kept.type == clashing.type:
        so = "it keeps one set for both, so that one of them lets in, or shuts out, the wrong pods"
    else:
        so = "the policy that comes second fails: its pods stay open, or closed until it restarts"
    return Problem(
        "E-NPC-16",
        later.path,
        f"it speaks of {clashing.meaning}, and {policy.path} of {kept.meaning}: weave-npc has one "
        "name for both",
        so,
        "write one of them with another label, or its namespace as an expression (In)",
    )


def _sets_of(policy: Manifest) -> Iterator[KeptSet]:
    space = policy.namespace or "default"
    for kind in ("ingress", "egress"):
        meaning = f"pods of {space} that no policy isolates ({kind})"
        yield KeptSet(f"{kind}-default-allow:{space}", _ADDRESSES, meaning)
    yield _of_pods(space, {})
    yield _of_pods(space, as_fields(policy.at("spec", "podSelector")))
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for rule in as_items(policy.at("spec", direction)):
            for peer in as_items(as_fields(rule).get(side)):
                yield from _of_peer(space, as_fields(peer))


def _of_pods(space: str, selector: Fields) -> KeptSet:
    text = write_selector(selector)
    return KeptSet(f"{space}:{text}", _ADDRESSES, f"pods {text or 'of any label'} in {space}")


def _of_peer(space: str, peer: Fields) -> Iterator[KeptSet]:
    spaces, pods = peer.get("namespaceSelector"), peer.get("podSelector")
    if spaces is None and pods is not None:
        yield _of_pods(space, as_fields(pods))
    elif spaces is not None:
        yield _of_namespaces(as_fields(spaces), pods)
    elif cuts := as_texts(as_fields(peer.get("ipBlock")).get("except")):
        text = " ".join(sorted(cuts))
        yield KeptSet(f"{space}:ipblock-except:{text}", _RANGES, f"the exceptions {text}")


def _of_namespaces(spaces: Fields, pods: Json) -> KeptSet:
    there = write_selector(spaces)
    where = f"namespaces {there}" if there else "every namespace"
    if pods is None:
        return KeptSet(f":{there}", _LISTS, where)
    text = write_selector(as_fields(pods))
    return KeptSet(f":{there}{text}", _ADDRESSES, f"pods {text or 'of any label'} in {where}")


def write_selector(selector: Fields) -> str:
    """A selector as Kubernetes writes it in one line (apimachinery, labels.Selector.String)."""
    labels = as_fields(selector.get("matchLabels"))
    expressions = map(as_fields, as_items(selector.get("matchExpressions")))
    parts = [
        *((key, f"{key}={value}") for key, value in labels.items()),
        *((str(each.get("key")), _write_expression(each)) for each in expressions),
    ]
    # By the key alone, as Kubernetes sorts them.
    return ",".join(text for _, text in sorted(parts, key=lambda part: part[0]))


def _write_expression(expression: Fields) -> str:
    key, operator = str(expression.get("key")), str(expression.get("operator"))
    if operator not in _OPERATORS:
        return f"!{key}" if operator == "DoesNotExist" else key
    values = ",".join(sorted(as_texts(expression.get("values"))))
    return f"{key}{_OPERATORS[operator]}({values})"
