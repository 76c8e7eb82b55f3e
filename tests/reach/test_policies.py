"""What NetworkPolicies open, by the rules of the API; each line is a verdict and a flow."""

from collections.abc import Mapping

import pytest

from reach.selectors import PolicyFormError
from render.manifest import Json
from tests.reach.policy_objects import is_open, policy

Spec = Mapping[str, Json]

BOTH: Json = ["Ingress", "Egress"]
DENY: Spec = {"podSelector": {}, "policyTypes": BOTH}


def ingress(*rules: Json, pods: Json = None) -> Spec:
    return {"podSelector": pods or {}, "policyTypes": ["Ingress"], "ingress": list(rules)}


def egress(*rules: Json) -> Spec:
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": list(rules)}


def app(name: str) -> Json:
    return {"matchLabels": {"app": name}}


def expression(key: str, operator: str, *values: str) -> Json:
    found: dict[str, Json] = {"key": key, "operator": operator}
    return {"matchExpressions": [{**found, "values": list(values)} if values else found]}


def port(number: Json = None, **more: Json) -> Json:
    return {**({} if number is None else {"port": number}), **more}


CASES: dict[str, tuple[list[Spec], list[str]]] = {
    "isolation": (
        [{**ingress(pods=app("web")), "podSelector": app("web")}],
        [
            "deny b/ a/web tcp/80",
            "open b/ a/db tcp/80",
            "open a/web b/ tcp/80",
            "open b/ c/ tcp/80",
        ],
    ),
    "deny both ways closes what leaves too": (
        [DENY],
        ["deny a/web b/ tcp/80", "deny b/ a/web tcp/80", "open b/ c/ tcp/80"],
    ),
    "absent policy types mean ingress": (
        [{"podSelector": {}}],
        ["deny b/ a/web tcp/80", "open a/web b/ tcp/80"],
    ),
    "absent policy types mean egress too where there is an egress rule": (
        [{"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]}],
        ["deny b/ a/web tcp/80", "deny a/web b/ tcp/80", "open a/web 192.0.2.1 tcp/80"],
    ),
    "an empty rule opens all, also to those outside": (
        [ingress({})],
        ["open b/ a/web any", "open 192.0.2.1 a/web any"],
    ),
    "an empty list of rules opens nothing": ([ingress()], ["deny b/ a/web tcp/80"]),
    "empty peers are everyone": (
        [ingress({"from": [], "ports": [port(80)]})],
        ["open 192.0.2.1 a/web tcp/80", "deny 192.0.2.1 a/web tcp/81"],
    ),
    "empty ports are every protocol": (
        [ingress({"from": [{"podSelector": {}}], "ports": []})],
        ["open a/db a/web any", "open a/db a/web icmp", "deny b/ a/web icmp"],
    ),
    "a pod selector alone stays in its own namespace": (
        [ingress({"from": [{"podSelector": app("db")}]})],
        ["open a/db a/web tcp/80", "deny b/db a/web tcp/80", "deny a/web a/web tcp/80"],
    ),
    "a namespace selector alone is all pods there": (
        [ingress({"from": [{"namespaceSelector": {"matchLabels": {"team": "blue"}}}]})],
        ["open b/ a/web tcp/80", "open b/db a/web tcp/80", "deny c/ a/web tcp/80"],
    ),
    "both selectors in one peer must hold": (
        [
            ingress(
                {
                    "from": [
                        {
                            "namespaceSelector": {"matchLabels": {"team": "blue"}},
                            "podSelector": app("db"),
                        }
                    ]
                }
            )
        ],
        ["open b/db a/web tcp/80", "deny b/web a/web tcp/80", "deny a/db a/web tcp/80"],
    ),
    "both selectors in two peers are alternatives": (
        [
            ingress(
                {
                    "from": [
                        {"namespaceSelector": {"matchLabels": {"team": "blue"}}},
                        {"podSelector": app("db")},
                    ]
                }
            )
        ],
        ["open b/web a/web tcp/80", "open a/db a/web tcp/80", "deny c/db a/web tcp/80"],
    ),
    "an empty namespace selector is every namespace, and nobody outside": (
        [ingress({"from": [{"namespaceSelector": {}}]})],
        ["open c/ a/web tcp/80", "deny 192.0.2.1 a/web tcp/80"],
    ),
    "NotIn also selects what lacks the label": (
        [ingress({"from": [{"namespaceSelector": expression("team", "NotIn", "red")}]})],
        ["open b/ a/web tcp/80", "open c/ a/web tcp/80", "deny a/db a/web tcp/80"],
    ),
    "In asks for the label": (
        [ingress({"from": [{"namespaceSelector": expression("team", "In", "red", "blue")}]})],
        ["open b/ a/web tcp/80", "open a/db a/web tcp/80", "deny c/ a/web tcp/80"],
    ),
    "Exists and DoesNotExist ask for the key alone": (
        [
            ingress({"from": [{"podSelector": expression("app", "DoesNotExist")}]}),
            ingress({"from": [{"namespaceSelector": expression("team", "Exists")}]}),
        ],
        ["open a/ a/web tcp/80", "open b/db a/web tcp/80", "deny c/db a/web tcp/80"],
    ),
    "labels and expressions must both hold": (
        [
            ingress(
                {
                    "from": [
                        {
                            "podSelector": {
                                "matchLabels": {"app": "db"},
                                "matchExpressions": [{"key": "app", "operator": "DoesNotExist"}],
                            }
                        }
                    ]
                }
            )
        ],
        ["deny a/db a/web tcp/80", "deny a/ a/web tcp/80"],
    ),
    "an address block has holes": (
        [ingress({"from": [{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}}]})],
        [
            "open 192.0.2.1 a/web tcp/80",
            "deny 192.0.2.200 a/web tcp/80",
            "deny 198.51.100.1 a/web tcp/80",
        ],
    ),
    "an address block matches pods too, as Weave Net does it": (
        [ingress({"from": [{"ipBlock": {"cidr": "10.244.0.0/16"}}]})],
        ["open b/ a/web tcp/80"],
    ),
    "a port without protocol is TCP": (
        [ingress({"ports": [port(53)]})],
        ["open b/ a/web tcp/53", "deny b/ a/web udp/53"],
    ),
    "a protocol without port is all its ports": (
        [ingress({"ports": [port(protocol="UDP")]})],
        ["open b/ a/web udp", "deny b/ a/web tcp/53", "deny b/ a/web icmp"],
    ),
    "endPort is included": (
        [ingress({"ports": [port(80, endPort=82)]})],
        ["open b/ a/web tcp/80-82", "deny b/ a/web tcp/83"],
    ),
    "a named port is what the destination pod calls so": (
        [ingress({"ports": [port("http")]})],
        [
            "open b/ a/web tcp/80",
            "open b/ a/db tcp/8080",
            "deny b/ a/db tcp/80",
            "deny b/ a/ tcp/80",
        ],
    ),
    "a named port on the way out is the destination's too": (
        [egress({"ports": [port("http")]})],
        ["open a/ b/db tcp/8080", "deny a/ b/db tcp/80", "deny a/ 192.0.2.1 tcp/80"],
    ),
    "SCTP has ports of its own": (
        [ingress({"ports": [port(80, protocol="SCTP")]})],
        ["open b/ a/web sctp/80", "deny b/ a/web sctp/81", "deny b/ a/web tcp/80"],
    ),
    "a range of SCTP is no range of TCP": (
        [ingress({"ports": [port(80, protocol="SCTP", endPort=90), port(protocol="TCP")]})],
        ["open b/ a/web sctp/80-90", "open b/ a/web tcp", "deny b/ a/web udp/85"],
    ),
    "a block of IPv6 opens nothing of IPv4": (
        [ingress({"from": [{"ipBlock": {"cidr": "::/0", "except": ["2001:db8::/32"]}}]})],
        ["deny 192.0.2.1 a/web tcp/80", "deny b/ a/web tcp/80"],
    ),
    "bits beyond the length of a block do not count": (
        [ingress({"from": [{"ipBlock": {"cidr": "192.0.2.77/24", "except": ["192.0.2.129/25"]}}]})],
        ["open 192.0.2.1 a/web tcp/80", "deny 192.0.2.200 a/web tcp/80"],
    ),
    "rules of a direction that the types leave out are ignored": (
        [{"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}], "egress": [{}]}],
        ["open b/ a/web any", "open a/web b/ any"],
    ),
    "an empty list of egress rules without types isolates nothing outwards": (
        [{"podSelector": {}, "egress": []}],
        ["open a/web b/ tcp/80", "deny b/ a/web tcp/80"],
    ),
    "egress alone leaves the way in open": (
        [{"podSelector": {}, "policyTypes": ["Egress"]}],
        ["open b/ a/web tcp/80", "deny a/web b/ tcp/80"],
    ),
    "policies add up": (
        [DENY, ingress({"from": [{"podSelector": app("db")}], "ports": [port(80)]})],
        ["deny a/db a/web tcp/81", "deny b/ a/web tcp/80"],
    ),
    "two policies open what either opens": (
        [ingress({"ports": [port(80)]}), ingress({"ports": [port(81)]})],
        ["open b/ a/web tcp/80-81", "deny b/ a/web tcp/82"],
    ),
    "the source's egress has to let it out as well": (
        [DENY, ingress({})],
        ["open b/ a/web tcp/80", "deny a/db a/web tcp/80"],
    ),
}
LINES = [
    pytest.param(specs, line, id=f"{name}: {line}")
    for name, (specs, lines) in CASES.items()
    for line in lines
]


@pytest.mark.parametrize(("specs", "line"), LINES)
def test_a_flow_passes_or_not(specs: list[Spec], line: str) -> None:
    verdict, _, flow = line.partition(" ")
    policies = tuple(policy(spec, name=f"p{number}") for number, spec in enumerate(specs))

    assert is_open(policies, flow) == (verdict == "open")


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param({"from": [{}]}, id="a peer that is nothing"),
        pytest.param(
            {"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}, "podSelector": {}}]},
            id="a block beside a selector",
        ),
        pytest.param(
            {"from": [{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["198.51.100.0/24"]}}]},
            id="an exception outside its block",
        ),
        pytest.param({"ports": [{"port": 80, "endPort": 79}]}, id="a range that ends too early"),
        pytest.param({"ports": [{"endPort": 79}]}, id="an end without a beginning"),
        pytest.param({"ports": [{"port": 80, "protocol": "ICMP"}]}, id="a protocol without ports"),
        pytest.param({"ports": [{"port": 0}]}, id="port 0"),
        pytest.param({"ports": [{"port": 65000, "endPort": 65536}]}, id="a port that there is not"),
        pytest.param({"ports": [{"port": "80"}]}, id="a number in quotes"),
        pytest.param({"ports": [{"port": "http", "endPort": 81}]}, id="a range from a name"),
        pytest.param(
            {"from": [{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["2001:db8::/32"]}}]},
            id="an exception of IPv6 in a block of IPv4",
        ),
        pytest.param({"from": [{"podSelector": expression("app", "In")}]}, id="In without values"),
        pytest.param(
            {"from": [{"podSelector": expression("app", "Exists", "x")}]}, id="Exists with values"
        ),
        pytest.param(
            {"from": [{"podSelector": expression("app", "Like", "x")}]}, id="an unknown operator"
        ),
    ],
)
def test_a_form_that_the_api_refuses_is_refused(rule: Json) -> None:
    with pytest.raises(PolicyFormError, match="a/tested"):
        policy(ingress(rule))
