"""What is said of all pods together is what is said of each pair by itself."""

from ipaddress import IPv4Address
from itertools import product

from hypothesis import given

from reach.cluster_objects import read_cluster
from reach.findings import StepKind, Verdict
from reach.policies import PeerEnd, PolicySet
from reach.policy_form import Direction
from reach.policy_reader import PolicyReader
from reach.policy_steps import answer_of
from reach.portset import PortSet
from tests.analyzer.clusters import Raw, clusters
from tests.reach.evaluated import reach_of


@given(clusters())
def test_a_pod_and_any_peer_are_told_of_as_they_are_judged_by_themselves(
    objects: list[Raw],
) -> None:
    found = read_cluster(objects)
    pods, policies = tuple(found.pods.values()), PolicySet.of(found.policies)
    reader = PolicyReader(PolicySet.of(found.policies), pods)
    peers: tuple[PeerEnd, ...] = (*pods, int(IPv4Address("192.0.2.1")))
    for pod, peer, direction in product(pods, peers, Direction):
        alone = answer_of(policies.judge(pod, direction, peer), pod, direction)

        assert reader.ask(pod, direction, peer) == alone


@given(clusters())
def test_no_two_pods_that_may_talk_are_left_out(objects: list[Raw]) -> None:
    found = read_cluster(objects)
    pods, policies = tuple(found.pods.values()), PolicySet.of(found.policies)
    meetings = [*PolicyReader(policies, pods).meetings()]
    may_talk = {
        (here, there)
        for (here, opener), (there, answerer) in product(enumerate(pods), repeat=2)
        if policies.judge(opener, Direction.EGRESS, answerer).ports
        & policies.judge(answerer, Direction.INGRESS, opener).ports
    }

    assert may_talk <= {*meetings}
    assert meetings == sorted(set(meetings))


def test_every_pair_of_pods_has_a_verdict_and_a_closed_one_says_what_stops_it() -> None:
    reach = reach_of("prod")
    pods = [each.name for each in reach.standings if each.pod is not None]
    closed: list[Verdict] = []
    for source, target in product(pods, repeat=2):
        verdict = reach.verdicts[source, target]
        left = PortSet.everything - verdict.allowed
        stopped = [denial.ports for denial in verdict.denials]
        closed += [verdict] if not verdict.parts else []

        assert all(left & ports for ports in stopped)
        assert bool(left) == bool(stopped)
    assert len(closed) > len(pods)
    assert {each.denials[0].steps[-1].kind for each in closed} == {StepKind.DROPPED}
    assert {*product(pods, repeat=2)} <= {*reach.verdicts}
    assert len(reach.verdicts) == len({*reach.verdicts})
