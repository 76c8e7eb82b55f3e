"""Random policies, judged packet by packet in the most literal way, agree with the evaluator."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from render.manifest import Json
from tests.reach.policy_objects import NAMESPACES, is_open, policy

# The written form of a policy is judged as it stands, so it is read as plain data.
Raw = dict[str, Any]

pods = st.builds("{}/{}".format, st.sampled_from("abc"), st.sampled_from(["web", "db", ""]))
addresses = st.sampled_from(["192.0.2.1", "192.0.2.200", "198.51.100.1"])
packets = st.tuples(st.sampled_from(["tcp", "udp"]), st.integers(79, 83))

selectors: st.SearchStrategy[Raw] = st.one_of(
    st.just({}),
    st.sampled_from(["web", "db"]).map(lambda app: {"matchLabels": {"app": app}}),
    st.tuples(
        st.sampled_from(["app", "team"]),
        st.sampled_from(["In", "NotIn"]),
        st.lists(st.sampled_from(["web", "db", "red", "blue"]), min_size=1, max_size=2),
    ).map(lambda e: {"matchExpressions": [{"key": e[0], "operator": e[1], "values": e[2]}]}),
    st.sampled_from(["Exists", "DoesNotExist"]).map(
        lambda operator: {"matchExpressions": [{"key": "team", "operator": operator}]}
    ),
)
blocks = st.sampled_from(
    [
        {"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}},
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}},
        {"ipBlock": {"cidr": "10.244.0.0/16"}},
    ]
)
peers = st.one_of(
    blocks,
    selectors.map(lambda found: {"podSelector": found}),
    selectors.map(lambda found: {"namespaceSelector": found}),
    st.tuples(selectors, selectors).map(
        lambda both: {"namespaceSelector": both[0], "podSelector": both[1]}
    ),
)
ports = st.one_of(
    st.builds(lambda number: {"port": number}, st.integers(79, 83)),
    st.builds(
        lambda first, more: {"port": first, "endPort": first + more, "protocol": "UDP"},
        st.integers(79, 82),
        st.integers(0, 2),
    ),
    st.sampled_from([{"protocol": "TCP"}, {"protocol": "UDP"}]),
)


def rules(side: str) -> st.SearchStrategy[Raw]:
    return st.fixed_dictionaries(
        {},
        optional={side: st.lists(peers, max_size=2), "ports": st.lists(ports, max_size=2)},
    )


specs = st.fixed_dictionaries(
    {"podSelector": selectors},
    optional={
        "policyTypes": st.sampled_from([["Ingress"], ["Egress"], ["Ingress", "Egress"]]),
        "ingress": st.lists(rules("from"), max_size=2),
        "egress": st.lists(rules("to"), max_size=2),
    },
)
policies = st.lists(st.tuples(st.sampled_from("abc"), specs), max_size=4)


def selects(selector: Raw, labels: Mapping[str, str]) -> bool:
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for item in selector.get("matchExpressions", []):
        has, values = item["key"] in labels, item.get("values", [])
        holds = {
            "In": has and labels.get(item["key"]) in values,
            "NotIn": not has or labels[item["key"]] not in values,
            "Exists": has,
            "DoesNotExist": not has,
        }
        if not holds[item["operator"]]:
            return False
    return True


def labels_of(pod: str) -> dict[str, str]:
    app = pod.partition("/")[2]
    return {"app": app} if app else {}


def is_peer(home: str, peer: Raw, end: str) -> bool:
    if "ipBlock" in peer:
        address = IPv4Address("10.244.0.9" if "/" in end else end)
        block = peer["ipBlock"]
        holes = map(IPv4Network, block.get("except", []))
        return address in IPv4Network(block["cidr"]) and not any(address in hole for hole in holes)
    if "/" not in end:
        return False
    namespace = end.partition("/")[0]
    if "namespaceSelector" not in peer:
        return namespace == home and selects(peer["podSelector"], labels_of(end))
    there = selects(peer["namespaceSelector"], NAMESPACES[namespace])
    return there and selects(peer.get("podSelector", {}), labels_of(end))


def is_port(item: Raw, packet: tuple[str, int]) -> bool:
    protocol, number = packet
    if item.get("protocol", "TCP").lower() != protocol:
        return False
    first: int = item.get("port", number)
    last: int = item.get("endPort", first)
    return first <= number <= last


def passes(found: list[tuple[str, Raw]], pod: str, other: str, way: tuple[str, str, Any]) -> bool:
    direction, side, packet = way
    namespace = pod.partition("/")[0]
    isolated = False
    for home, spec in found:
        types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
        if home != namespace or direction not in types:
            continue
        if not selects(spec["podSelector"], labels_of(pod)):
            continue
        isolated = True
        for rule in spec.get(direction.lower(), []):
            known, asked = rule.get(side), rule.get("ports")
            peer = not known or any(is_peer(home, each, other) for each in known)
            if peer and (not asked or any(is_port(each, packet) for each in asked)):
                return True
    return not isolated


@given(policies, st.one_of(pods, addresses), st.one_of(pods, addresses), packets)
def test_the_evaluator_agrees_with_reading_policies_literally(
    found: list[tuple[str, Raw]], source: str, target: str, packet: tuple[str, int]
) -> None:
    expected = True
    if "/" in source:
        expected &= passes(found, source, target, ("Egress", "to", packet))
    if "/" in target:
        expected &= passes(found, target, source, ("Ingress", "from", packet))
    read = tuple(policy(as_json(spec), home, f"p{n}") for n, (home, spec) in enumerate(found))

    assert is_open(read, f"{source} {target} {packet[0]}/{packet[1]}") == expected


def as_json(spec: Raw) -> Mapping[str, Json]:
    return spec
