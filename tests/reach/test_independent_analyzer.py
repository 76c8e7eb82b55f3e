"""network-config-analyzer, which knows nothing of us, says the same of every pair."""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from itertools import product

import pytest
from hypothesis import Phase, given, settings

from plan.model import Plan
from reach.address_classes import AddressClasses, NoAddressLeftError
from reach.cluster_objects import read_cluster
from reach.edges import find_edges
from reach.evaluate import evaluate
from reach.pod_matrix import PodMatrix
from reach.policies import PeerEnd, Pod, PolicySet
from reach.policy_form import Direction, read_policy
from reach.portset import PortSet
from render.manifest import NETWORK_POLICY, Json, Manifest
from tests.analyzer.clusters import ADDRESSES, Raw, a_namespace, a_pod, a_policy, clusters
from tests.analyzer.judges import Case, Pairs, case_of, our_pairs, their_answers, their_pairs
from tests.plan.towns import clustered
from tests.reach.evaluated import manifests_of, plan_of, planned

CONFIGURATIONS = 600


@cache
def drawn(count: int, *, anew: bool) -> list[Case]:
    """Clusters out of the property test's own generator, each once; other ones in every run."""
    found: dict[str, Case] = {}
    same = settings.default is not None and settings.default.derandomize

    @settings(
        max_examples=count, derandomize=same or not anew, phases=[Phase.generate], database=None
    )
    @given(clusters())
    def draw(objects: list[Raw]) -> None:
        case = case_of(objects, ADDRESSES)
        found.setdefault(json.dumps(case), case)

    draw()
    return list(found.values())


@pytest.mark.slow
def test_the_analyzer_agrees_on_random_clusters_pair_by_pair() -> None:
    cases = drawn(CONFIGURATIONS + 200, anew=True)
    pairs = 0
    for case, answer in zip(cases, their_answers(cases), strict=True):
        assert not read_cluster(case["objects"]).unread
        ours, theirs = our_pairs(case), their_pairs(answer)
        pairs += len(ours)

        assert ours == theirs, json.dumps(case, indent=2)
    assert len(cases) >= CONFIGURATIONS
    assert pairs > 10 * CONFIGURATIONS


def changed(value: Json, change: Callable[[Raw], Raw]) -> Json:
    """The same cluster with every record in it changed."""
    if isinstance(value, dict):
        return {key: changed(each, change) for key, each in change(value).items()}
    return [changed(each, change) for each in value] if isinstance(value, list) else value


def without(key: str) -> Callable[[Raw], Raw]:
    return lambda record: {name: each for name, each in record.items() if name != key}


def instead(key: str, one: str, other: str) -> Callable[[Raw], Raw]:
    return lambda record: {**record, key: other} if record.get(key) == one else record


def nameless(record: Raw) -> Raw:
    return {**record, "port": 9} if isinstance(record.get("port"), str) else record


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(without("endPort"), id="the end of a range"),
        pytest.param(without("except"), id="a hole in a block"),
        pytest.param(without("policyTypes"), id="types"),
        pytest.param(without("matchExpressions"), id="expressions"),
        pytest.param(without("namespaceSelector"), id="other namespaces"),
        pytest.param(without("protocol"), id="protocols"),
        pytest.param(nameless, id="names of ports"),
        pytest.param(instead("protocol", "SCTP", "UDP"), id="SCTP"),
        pytest.param(instead("operator", "NotIn", "In"), id="NotIn"),
        pytest.param(instead("operator", "Exists", "DoesNotExist"), id="Exists"),
        pytest.param(instead("operator", "DoesNotExist", "Exists"), id="DoesNotExist"),
    ],
)
def test_every_form_decides_something_in_some_of_the_random_clusters(
    change: Callable[[Raw], Raw],
) -> None:
    telling = 0
    for case in drawn(400, anew=False):
        pods = [each for each in case["objects"] if each["kind"] != "NetworkPolicy"]
        policies = [each for each in case["objects"] if each["kind"] == "NetworkPolicy"]
        other = {**case, "objects": [*pods, *(changed(each, change) for each in policies)]}
        telling += our_pairs(case) != our_pairs(other)

    assert telling >= 3


@given(clusters())
def test_all_pairs_at_once_are_what_each_pair_is_by_itself(objects: list[Raw]) -> None:
    found = read_cluster(objects)
    ends: dict[str, PeerEnd] = {**found.pods, "outside": int(IPv4Address("192.0.2.1"))}
    judged = one_by_one(ends, PolicySet.of(found.policies))

    at_once = PodMatrix(ends, found.policies).open_pairs()

    assert {(source, target): ports for source, target, ports in at_once} == judged


def one_by_one(ends: dict[str, PeerEnd], policies: PolicySet) -> Pairs:
    """What `la1r reach` says of every pair, of policies alone."""
    found: Pairs = {}
    for (source, opener), (target, answerer) in product(ends.items(), repeat=2):
        if source == target or not (isinstance(opener, Pod) or isinstance(answerer, Pod)):
            continue
        ports = PortSet.everything
        if isinstance(opener, Pod):
            ports &= policies.judge(opener, Direction.EGRESS, answerer).ports
        if isinstance(answerer, Pod):
            ports &= policies.judge(answerer, Direction.INGRESS, opener).ports
        if ports:
            found[source, target] = ports
    return found


# ---------------------------------------------------------------- what is emitted


def network(name: str) -> tuple[Plan, tuple[Manifest, ...]]:
    return planned(clustered()) if name == "town" else (plan_of(name), manifests_of(name))


def pods_of(plan: Plan, manifests: tuple[Manifest, ...]) -> dict[str, Pod]:
    """The pods that some policy tells apart, by names that Kubernetes would allow."""
    standings = evaluate(plan, manifests).standings
    pods = [each.pod for each in standings if each.pod is not None]
    return {f"{pod.namespace}/pod{number}": pod for number, pod in enumerate(pods)}


def addresses_of(plan: Plan, manifests: tuple[Manifest, ...]) -> list[str]:
    """One address of every range that the plan or a policy tells apart from others, beside pods."""
    policies = [read_policy(each) for each in manifests if each.type == NETWORK_POLICY]
    classes = AddressClasses(edges := find_edges(plan, policies))
    cluster = plan.network.cluster
    pods = cluster.pods if cluster else IPv4Network("255.255.255.255/32")
    found = [str(IPv4Address(next(classes.on_the_internet())))]
    for network in sorted(edges):
        with suppress(NoAddressLeftError):
            address = IPv4Address(classes.stand_in(network))
            found += [str(address)] if address not in pods else []
    return found


def written(pods: dict[str, Pod], manifests: tuple[Manifest, ...]) -> list[Raw]:
    """Namespaces and pods as an API server lists them, with the policies that are emitted."""
    spaces = {pod.namespace: dict(pod.namespace_labels) for pod in pods.values()}
    return [
        *(a_namespace(name, labels) for name, labels in spaces.items()),
        *(a_pod(n, pod.namespace, dict(pod.labels), []) for n, pod in enumerate(pods.values())),
        *(json.loads(json.dumps(each.body)) for each in manifests if each.type == NETWORK_POLICY),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("prod", 500), ("town", 50), ("dev", 5)])
def test_the_analyzer_agrees_on_what_a_stack_emits(name: str, least: int) -> None:
    plan, manifests = network(name)
    pods = pods_of(plan, manifests)
    addresses = addresses_of(plan, manifests)
    ends: dict[str, PeerEnd] = {**pods, **{text: int(IPv4Address(text)) for text in addresses}}
    policies = [read_policy(each) for each in manifests if each.type == NETWORK_POLICY]
    ours = one_by_one(ends, PolicySet.of(policies))

    (answer,) = their_answers([case_of(written(pods, manifests), addresses)])

    assert their_pairs(answer) == ours
    assert len(ours) >= least


def test_the_lab_has_no_policies_to_agree_on() -> None:
    assert not [each for each in manifests_of("lab") if each.type == NETWORK_POLICY]


# ---------------------------------------------------------------- where they may differ


def asked(spec: Raw) -> tuple[Case, Pairs]:
    """One policy between two pods; what we say."""
    objects = [
        a_namespace("a", {"kubernetes.io/metadata.name": "a"}),
        a_pod(0, "a", {"app": "web"}, []),
        a_pod(1, "a", {}, []),
        a_policy("p", "a", spec),
    ]
    case = case_of(objects, ADDRESSES[:1])
    return case, our_pairs(case)


@pytest.mark.slow
def test_whether_blocks_match_pods_is_open_and_weave_net_lets_them() -> None:
    block = {"ipBlock": {"cidr": "10.244.0.0/16"}}
    case, ours = asked(
        {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"from": [block]}]}
    )

    theirs = their_pairs(their_answers([case])[0])

    assert ours.items() - theirs.items() == {(("a/pod1", "a/pod0"), PortSet.everything)}
    assert theirs.items() <= ours.items()


@pytest.mark.slow
def test_rules_of_a_direction_that_the_types_leave_out_are_ignored_as_by_the_api_server() -> None:
    with_rules = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [], "egress": [{}]}
    case, ours = asked(with_rules)

    answer = their_answers([case])[0]

    assert "refused" in answer
    assert ours == asked({"podSelector": {}, "policyTypes": ["Ingress"]})[1]


@pytest.mark.slow
def test_an_empty_list_of_egress_rules_without_types_isolates_nothing_outwards() -> None:
    case, ours = asked({"podSelector": {}, "egress": []})

    theirs = their_pairs(their_answers([case])[0])

    # The API server adds Egress to the types only where there is a rule.
    assert ours == {("a/pod0", ADDRESSES[0]): ours["a/pod0", ADDRESSES[0]]} | {
        ("a/pod1", ADDRESSES[0]): PortSet.everything
    }
    assert not theirs
