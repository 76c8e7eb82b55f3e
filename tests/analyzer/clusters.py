"""Random clusters with hostile policies: every form of the API, in every mixture.

Left out is only what Kubernetes leaves open, and what network-config-analyzer refuses or reads in
another way than the API server, each with a test of its own beside the comparison:
- blocks that hold addresses of pods: whether they match pods is open;
- rules of a direction that policyTypes do not name: the analyzer refuses the policy;
- an empty list of egress rules without policyTypes: the analyzer takes it for a direction.
"""

from typing import Any

from hypothesis import strategies as st

Raw = dict[str, Any]

PODS = "10.244.0.0/16"
ADDRESSES = ("192.0.2.1", "192.0.2.130", "192.0.2.200", "198.51.100.9", "10.9.9.9", "203.0.113.7")
NAMESPACES: dict[str, dict[str, str]] = {
    "a": {"team": "red", "env": "prod"},
    "b": {"team": "blue"},
    "c": {"team": "red-blue", "env": "test"},
    "kube-system": {},
}
LABELS: tuple[dict[str, str], ...] = (
    {},
    {"app": "web"},
    {"app": "db"},
    {"app": "web", "tier": "front"},
    {"k8s-app": "kube-dns"},
)
NAMED_PORTS: tuple[list[Raw], ...] = (
    [],
    [{"name": "http", "containerPort": 80}],
    [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
    [
        {"name": "dns", "containerPort": 53, "protocol": "UDP"},
        {"name": "http", "containerPort": 80},
    ],
    [{"name": "http", "containerPort": 99, "protocol": "UDP"}],
    [{"name": "signal", "containerPort": 5000, "protocol": "SCTP"}],
)


def expression(keys: dict[str, list[str]]) -> st.SearchStrategy[Raw]:
    """One requirement of any operator."""
    return st.sampled_from(sorted(keys)).flatmap(
        lambda key: st.one_of(
            st.builds(
                lambda operator, values: {"key": key, "operator": operator, "values": values},
                st.sampled_from(["In", "NotIn"]),
                st.lists(st.sampled_from(keys[key]), min_size=1, max_size=2, unique=True),
            ),
            st.sampled_from(["Exists", "DoesNotExist"]).map(
                lambda operator: {"key": key, "operator": operator}
            ),
        )
    )


def selectors(keys: dict[str, list[str]]) -> st.SearchStrategy[Raw]:
    """Empty ones, labels, expressions, and both together."""
    one = st.sampled_from(sorted(keys)).flatmap(
        lambda key: st.sampled_from(keys[key]).map(lambda value: {key: value})
    )
    return st.one_of(
        st.just({}),
        st.builds(lambda labels: {"matchLabels": labels}, one),
        st.builds(lambda found: {"matchExpressions": [found]}, expression(keys)),
        st.builds(
            lambda labels, found: {"matchLabels": labels, "matchExpressions": found},
            one,
            st.lists(expression(keys), min_size=1, max_size=2),
        ),
    )


pods_by_label = selectors(
    {"app": ["web", "db", "none"], "tier": ["front"], "k8s-app": ["kube-dns"]}
)
spaces_by_label = selectors(
    {
        "team": ["red", "blue", "red-blue"],
        "env": ["prod", "test"],
        "kubernetes.io/metadata.name": ["a", "b", "c", "kube-system"],
    }
)
blocks = st.sampled_from(
    [
        {"cidr": "192.0.2.0/24"},
        {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]},
        {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/26", "192.0.2.192/26"]},
        {"cidr": "192.0.2.200/32"},
        {"cidr": "0.0.0.0/0", "except": [PODS]},
        {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "192.0.2.0/25"]},
        {"cidr": "10.0.0.0/8", "except": ["10.128.0.0/9"]},
        {"cidr": "2001:db8::/32"},
        {"cidr": "2001:db8::/32", "except": ["2001:db8:1::/48"]},
        {"cidr": "::/0"},
    ]
).map(lambda block: {"ipBlock": block})
peers = st.one_of(
    blocks,
    pods_by_label.map(lambda found: {"podSelector": found}),
    spaces_by_label.map(lambda found: {"namespaceSelector": found}),
    st.builds(
        lambda spaces, pods: {"namespaceSelector": spaces, "podSelector": pods},
        spaces_by_label,
        pods_by_label,
    ),
)
protocols = st.sampled_from([{}, {"protocol": "TCP"}, {"protocol": "UDP"}, {"protocol": "SCTP"}])
ports = st.one_of(
    protocols,
    st.builds(
        lambda protocol, port: {**protocol, "port": port},
        protocols,
        st.sampled_from([1, 53, 80, 81, 99, 5000, 8080, 65535, "nobody"]),
    ),
    st.sampled_from(
        [
            {"port": "http"},
            {"port": "http", "protocol": "TCP"},
            {"port": "http", "protocol": "UDP"},
            {"port": "dns", "protocol": "UDP"},
            {"port": "signal", "protocol": "SCTP"},
        ]
    ),
    st.builds(
        lambda protocol, first, more: {**protocol, "port": first, "endPort": first + more},
        protocols,
        st.integers(1, 99),
        st.sampled_from([0, 1, 19, 8000, 65435]),
    ),
)


def rules(side: str) -> st.SearchStrategy[list[Raw]]:
    """Rules with and without peers and ports; none at all, too."""
    some = st.fixed_dictionaries(
        {}, optional={side: st.lists(peers, max_size=3), "ports": st.lists(ports, max_size=3)}
    )
    return st.lists(some, max_size=3)


@st.composite
def specs(draw: st.DrawFn) -> Raw:
    """One policy."""
    found: Raw = {"podSelector": draw(pods_by_label)}
    types = draw(st.sampled_from([None, ["Ingress"], ["Egress"], ["Ingress", "Egress"]]))
    if types is not None:
        found["policyTypes"] = types
    if types is None or "Ingress" in types:
        found["ingress"] = draw(rules("from"))
    if types is None or "Egress" in types:
        found["egress"] = draw(rules("to"))
    return {
        key: value for key, value in found.items() if key != "egress" or value or types is not None
    }


@st.composite
def clusters(draw: st.DrawFn) -> list[Raw]:
    """Namespaces, pods and policies as an API server would list them."""
    names = draw(st.lists(st.sampled_from(sorted(NAMESPACES)), min_size=1, max_size=3, unique=True))
    spaces = [
        a_namespace(name, {**NAMESPACES[name], "kubernetes.io/metadata.name": name})
        for name in names
    ]
    # Every namespace has pods, or its policies would have nobody to speak of.
    homes = [*names, *draw(st.lists(st.sampled_from(names), max_size=4))]
    pods = [
        a_pod(n, home, draw(st.sampled_from(LABELS)), draw(st.sampled_from(NAMED_PORTS)))
        for n, home in enumerate(homes)
    ]
    policies = [
        a_policy(f"p{number}", draw(st.sampled_from(names)), draw(specs()))
        for number in range(draw(st.integers(1, 5)))
    ]
    return [*spaces, *pods, *policies]


def a_namespace(name: str, labels: dict[str, str]) -> Raw:
    """A namespace with its labels."""
    metadata = {"name": name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def a_pod(number: int, namespace: str, labels: dict[str, str], ports: list[Raw]) -> Raw:
    """A pod that runs, with an address of its own."""
    # The analyzer keeps two of pods that it cannot tell apart; this tells them apart, for nobody
    # selects by it.
    own = {**labels, "number": str(number)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"pod{number}", "namespace": namespace, "labels": own},
        "spec": {"containers": [{"name": "main", "ports": ports}]},
        "status": {"phase": "Running", "podIP": f"10.244.0.{number + 1}"},
    }


def a_policy(name: str, namespace: str, spec: Raw) -> Raw:
    """A policy with a spec."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }
