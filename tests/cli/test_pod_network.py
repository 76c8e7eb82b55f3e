"""What `la1r up` says of the pod network before it changes it, by either engine."""

from pathlib import Path

import pytest

from cli.dropped_policies import print_dropped_policies
from cli.engine import held_engine
from cli.exits import Exit
from cli.pod_network import PARTING_TITLE, RANGE_TITLE, pod_network_blocks
from cli.stack import compute_whole
from engine.cluster.access import Access
from engine.cluster.objects import Manager
from engine.values import Properties
from lab.project import PULUMI
from tests.cli.conftest import Command, edit
from tests.cli.small_program import pulumi
from tests.cluster_under_test import take_away
from tests.components.cluster_stack import ENGINES, PASSWORD, PROGRAM
from tests.source_tree import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("backend")]

CLUSTER = "{name: mini, nodes: {home/server: {control_plane: true}}, weave: {encryption: true}}"


@pytest.fixture
def cluster(project: Path, kubeconfig: str, backend: Path) -> Path:
    """A project whose program declares the cluster of `dev` and nothing else."""
    assert backend.exists()
    (project / "kubeconfig").write_text(kubeconfig)
    text = PROGRAM.format(password=PASSWORD).replace("described.yaml", "Pulumi.dev.yaml")
    (project / "__main__.py").write_text(text)
    (project / "Pulumi.dev.yaml").write_text((REPOSITORY / "Pulumi.dev.yaml").read_text())
    edit(project, "{name: mini, nodes: {home/server: {control_plane: true}}}", CLUSTER)
    return project


@pytest.mark.parametrize("engine", ENGINES)
def test_a_new_range_and_a_new_password_are_told_with_what_they_ask(
    cluster: Path, engine: str
) -> None:
    if engine == PULUMI:
        pulumi("stack", "init", "dev")
    with held_engine(compute_whole("dev"), engine) as held:
        assert held.up(8).ok
    edit(cluster, "control_plane: true}}", "control_plane: true}}, pods: 10.240.0.0/16")
    edit(cluster, PASSWORD, "another-password-of-the-pod-network", "__main__.py")
    whole = compute_whole("dev")
    with held_engine(whole, engine) as held:
        foreseen = held.preview_up(diff=False)
        assert held.destroy(8).ok

    told = dict(pod_network_blocks(foreseen.foretold, whole.plan))
    assert {*told} == {RANGE_TITLE, PARTING_TITLE}
    assert "home/server (192.168.10.5): rm /var/lib/weave/weave-netdata.db" in told[RANGE_TITLE]
    assert told[PARTING_TITLE][0].endswith("one node after the other: home/server")
    assert "kubectl -n kube-system delete pods -l name=weave-net" in told[PARTING_TITLE]


FLOW: Properties = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "flow-family-to-home-lan", "namespace": "cloud"},
}
NAMED: Properties = {
    **FLOW,
    "spec": {
        "egress": [
            {
                "to": [{"ipBlock": {"cidr": "192.168.10.0/24"}}],
                "ports": [{"protocol": "TCP", "port": "ssh"}],
            }
        ]
    },
}


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_that_weave_net_has_dropped_is_not_changed_but_made_anew(
    la1r: Command,
    kubeconfig: str,
    engine: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """weave-npc drops a policy with the name of a port, and with it the change that ends that."""
    if engine == PULUMI:
        pulumi("stack", "init", "dev")
    objects = Access(kubeconfig).objects()
    with held_engine(compute_whole("dev"), engine) as held:
        assert held.up(8).ok
    before = objects.read(FLOW) or {}
    objects.apply(NAMED, Manager("kubectl-edit", force=True))
    assert la1r("refresh", "--engine", engine, "--yes") == Exit.FINE
    capsys.readouterr()
    assert la1r("up", "--engine", engine, "--yes") == Exit.RUN_FAILED
    told = capsys.readouterr().err
    untouched = objects.read(FLOW) or {}
    take_away(objects, [FLOW])
    assert la1r("refresh", "--engine", engine, "--yes") == Exit.FINE
    with held_engine(compute_whole("dev"), engine) as held:
        assert not print_dropped_policies(held.preview_up(diff=False).foretold)
        assert held.up(8).ok
        after = objects.read(FLOW) or {}
        assert held.destroy(8).ok

    assert "cloud/flow-family-to-home-lan calls a port 'ssh' in the cluster" in told
    assert "kubectl -n cloud delete networkpolicy flow-family-to-home-lan" in told
    assert untouched["spec"] != before["spec"] == after["spec"]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_object_that_would_go_with_its_old_name_is_kept(
    la1r: Command, cluster: Path, kubeconfig: str, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An engine knows it by its name alone: it would make it where it is, and delete it."""
    if engine == PULUMI:
        pulumi("stack", "init", "dev")
    edit(cluster, "{name: mini,", "{name: mini, adopt: true,")
    with held_engine(compute_whole("dev"), engine) as held:
        assert held.up(8).ok
    home: Properties = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cloud"}}
    before = Access(kubeconfig).objects().read(home)
    edit(cluster, "la1r:tenants: {family:", "la1r:tenants: {clan:")
    edit(cluster, "{tenant: family, at:", "{tenant: clan, at:")
    edit(cluster, "{from: family,", "{from: clan,")
    capsys.readouterr()
    assert la1r("up", "--engine", engine, "--yes") == Exit.RUN_FAILED
    told = capsys.readouterr().err
    after = Access(kubeconfig).objects().read(home)
    with held_engine(compute_whole("dev"), engine) as held:
        assert held.destroy(8).ok

    assert "Namespace cloud: recorded as family/cloud, declared as clan/cloud" in told
    assert before is not None
    assert after == before
