"""`la1r drift` names what policies of a cluster decide otherwise, and the dangerous ones."""

from pathlib import Path

import pytest

from cli.drift import find_exit
from cli.drift_policies import PolicyReading, policy_lines, policy_record, read_policies
from cli.exits import Exit
from cli.readings import Reading
from cli.stack import compute_whole
from engine.cluster.objects import Objects
from engine.values import Properties
from tests.cli.test_reach_live import HAND, by_hand, objects

__all__ = ["objects"]  # a fixture of that file

ALL_READ = Reading({}, (), ())
DEAD = """\
apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
"""


@pytest.mark.slow
def test_a_policy_made_by_hand_is_drift_and_its_danger_is_named(
    objects: Objects,
    tmp_path: Path,
) -> None:
    whole, file = compute_whole("dev"), str(tmp_path / "config")

    as_declared = read_policies(whole, file)
    objects.apply(by_hand(), HAND)
    otherwise = read_policies(whole, file)

    assert as_declared is not None
    assert otherwise is not None
    assert find_exit(ALL_READ, as_declared) is Exit.FINE
    assert find_exit(ALL_READ, otherwise) is Exit.DRIFT
    said = "\n".join(policy_lines("mini", otherwise))
    assert said.startswith("cluster mini: policies not as declared\n")
    assert "cloud/by-hand" in said
    assert "E-NPC-03" in said
    assert policy_record(otherwise)["foreign"] == ["cloud/by-hand"]


@pytest.mark.slow
def test_a_policy_of_ours_that_somebody_opened_is_named_with_what_puts_it_right(
    objects: Objects, tmp_path: Path
) -> None:
    """An engine compares what is declared, and the rule was added beside that."""
    closed: Properties = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    opened: Properties = {**by_hand(), "metadata": {"name": "deny-all", "namespace": "cloud"}}
    objects.apply({**opened, "spec": {**closed, "ingress": [{}]}}, HAND)

    found = read_policies(compute_whole("dev"), str(tmp_path / "config"))

    assert found is not None
    assert find_exit(ALL_READ, found) is Exit.DRIFT
    said = "\n".join(policy_lines("mini", found))
    assert "say something else than declared (1):\n    cloud/deny-all" in said
    assert "kubectl -n cloud delete networkpolicy deny-all" in said
    assert "la1r refresh, and la1r up, which makes anew what is declared" in said


def test_a_cluster_that_does_not_answer_fails_and_is_said(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(DEAD)

    found = read_policies(compute_whole("dev"), str(file))

    assert found is not None
    assert find_exit(ALL_READ, found) is Exit.RUN_FAILED
    assert next(policy_lines("mini", found)) == "cluster mini: policies not read"
    assert policy_record(found)["read"] is False


def test_without_a_way_to_the_cluster_it_is_said_and_nothing_fails() -> None:
    found = read_policies(compute_whole("dev"), None)

    assert found is not None
    assert find_exit(ALL_READ, found) is Exit.FINE
    assert "name a file with --kubeconfig" in found.reason


def test_a_stack_without_a_cluster_has_no_policies() -> None:
    assert read_policies(compute_whole("lab"), None) is None


def test_drift_of_policies_counts_for_more_than_a_cluster_that_is_silent() -> None:
    assert find_exit(ALL_READ, PolicyReading(reason="It is off.")) is Exit.RUN_FAILED
    assert find_exit(ALL_READ, None) is Exit.FINE
