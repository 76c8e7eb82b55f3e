"""The built-in engine against a real API server: made, kept, changed, refused, adopted, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cluster.access import Access
from engine.cluster.objects import Manager, Objects
from engine.cluster.refusals import RefusalError
from engine.providers.base import Existing
from engine.providers.cluster_changes import ClusterChanges
from tests.cluster_under_test import take_away
from tests.engine.cluster_stack import NAMESPACE, ClusterStack, document, operations

pytestmark = pytest.mark.slow

# What may be read nowhere but in the cluster itself.
SECRET = "a-password-nobody-may-read"  # noqa: S105  # a made-up one that must not show


@pytest.fixture
def objects(kubeconfig: str) -> Iterator[Objects]:
    """The cluster's objects; whatever a test leaves in its namespace is gone afterwards."""
    found = Access(kubeconfig).objects()
    yield found
    take_away(found, [document("Namespace", NAMESPACE)])


@pytest.fixture
def stack(tmp_path: Path, kubeconfig: str) -> ClusterStack:
    """A stack whose program declares objects in the cluster."""
    return ClusterStack(tmp_path, kubeconfig)


CONFIG = 'declare("ConfigMap", "it", [home], data={"a": "1"})'


def test_objects_are_made_once_and_then_left_alone(stack: ClusterStack, objects: Objects) -> None:
    first = stack.apply(CONFIG)
    live = objects.read(document("ConfigMap", "it"))
    second = stack.up()

    assert first.ok, stack.told
    assert operations(first) == [("create", NAMESPACE), ("create", "it")]
    assert second.ok
    assert operations(second) == []
    assert live == objects.read(document("ConfigMap", "it"))


def test_a_change_is_made_in_place_and_what_is_taken_out_goes(
    stack: ClusterStack, objects: Objects
) -> None:
    stack.apply('declare("ConfigMap", "it", [home], data={"a": "1", "b": "2"})')
    before = objects.read(document("ConfigMap", "it")) or {}
    changed = stack.apply('declare("ConfigMap", "it", [home], data={"a": "3"})')
    after = objects.read(document("ConfigMap", "it")) or {}

    assert operations(changed) == [("update", "it")]
    assert after["data"] == {"a": "3"}
    assert before["metadata"]["uid"] == after["metadata"]["uid"]  # type: ignore[index,call-overload]  # an object has them


def test_what_others_write_beside_it_stays(stack: ClusterStack, objects: Objects) -> None:
    stack.apply(CONFIG)
    objects.apply(document("ConfigMap", "it", data={"theirs": "x"}), Manager("somebody"))
    stack.apply('declare("ConfigMap", "it", [home], data={"a": "2"})')

    live = objects.read(document("ConfigMap", "it")) or {}
    assert live["data"] == {"a": "2", "theirs": "x"}


def test_a_field_that_somebody_took_over_is_a_conflict_in_words(
    stack: ClusterStack, objects: Objects
) -> None:
    stack.apply(CONFIG)
    theirs = Manager("some-controller", force=True)
    objects.apply(document("ConfigMap", "it", data={"a": "theirs"}), theirs)
    stack.declare('declare("ConfigMap", "it", [home], data={"a": "2"})')
    previewed = stack.preview()
    refused = stack.up()

    assert not previewed.ok
    assert not refused.ok
    assert 'data.a, set by "some-controller"' in stack.told
    assert "patchForce" in stack.told


def test_what_somebody_set_with_kubectl_is_put_right(stack: ClusterStack, objects: Objects) -> None:
    stack.apply(CONFIG)
    theirs = Manager("kubectl-edit", force=True)
    objects.apply(document("ConfigMap", "it", data={"a": "theirs"}), theirs)
    done = stack.apply('declare("ConfigMap", "it", [home], data={"a": "2"})')

    assert done.ok, stack.told
    assert (objects.read(document("ConfigMap", "it")) or {})["data"] == {"a": "2"}


def test_a_field_is_taken_back_where_the_object_says_so(
    stack: ClusterStack, objects: Objects
) -> None:
    stack.apply(CONFIG)
    theirs = Manager("some-controller", force=True)
    objects.apply(document("ConfigMap", "it", data={"a": "theirs"}), theirs)
    force = 'annotations={"pulumi.com/patchForce": "true"}'
    taken = stack.apply(f'declare("ConfigMap", "it", [home], data={{"a": "2"}}, {force})')

    assert taken.ok, stack.told
    assert (objects.read(document("ConfigMap", "it")) or {})["data"] == {"a": "2"}


def test_a_field_that_its_kind_does_not_have_is_refused_in_the_preview(
    stack: ClusterStack, objects: Objects
) -> None:
    stack.apply("")
    stack.declare('declare("ConfigMap", "it", [home], dat={"a": "1"})')

    previewed = stack.preview()

    assert not previewed.ok
    assert "has no field dat" in "".join(each.message for each in previewed.diagnostics)
    assert objects.read(document("ConfigMap", "it")) is None


def test_an_object_that_exists_is_refused_unless_it_may_be_taken_over(
    stack: ClusterStack, objects: Objects
) -> None:
    stack.apply("")
    objects.apply(document("ConfigMap", "it", data={"a": "1"}), Manager("somebody"))
    stack.declare(CONFIG)
    warned = [each.message for each in stack.preview().diagnostics]
    refused = stack.up()
    taken = stack.apply(CONFIG, upsert_existing_objects="True")

    assert any("exists in the cluster already" in message for message in warned)
    assert not refused.ok
    assert taken.ok, stack.told
    assert ("create", "it") in operations(taken)


def test_a_secret_is_read_nowhere_but_in_the_cluster(stack: ClusterStack, objects: Objects) -> None:
    source = f'declare("Secret", "it", [home], stringData={{"p": Output.secret("{SECRET}")}})'
    done = stack.apply(source)
    bad = stack.apply(source.replace("stringData", "strngData"))
    encoded = "YS1wYXNzd29yZC1ub2JvZHktbWF5LXJlYWQ="

    assert done.ok, stack.told
    assert (objects.read(document("Secret", "it")) or {})["data"] == {"p": encoded}
    assert not bad.ok
    kept = stack.state.read_text() + stack.told + str(stack.events) + str(done) + str(bad)
    assert SECRET not in kept
    assert encoded not in kept
    assert "client-key-data" not in kept


def test_what_is_no_longer_declared_is_deleted_and_waited_for(
    stack: ClusterStack, objects: Objects
) -> None:
    stack.apply(CONFIG)
    gone = stack.apply("")
    left = objects.read(document("ConfigMap", "it"))
    ended = stack.destroy()

    assert operations(gone) == [("delete", "it")]
    assert left is None
    assert ended.ok, stack.told
    assert objects.read(document("Namespace", NAMESPACE)) is None


def test_an_immutable_field_replaces_the_object(stack: ClusterStack, objects: Objects) -> None:
    source = 'declare("Secret", "it", [home], type="{}", stringData={{"username": "u"}})'
    stack.apply(source.format("Opaque"))
    replaced = stack.apply(source.format("kubernetes.io/basic-auth"))

    assert replaced.ok, stack.told
    assert (objects.read(document("Secret", "it")) or {})["type"] == "kubernetes.io/basic-auth"


def test_an_object_that_somebody_deleted_is_made_again(
    stack: ClusterStack, objects: Objects
) -> None:
    stack.apply(CONFIG)
    objects.delete(document("ConfigMap", "it"), "Background")
    stack.apply('declare("ConfigMap", "it", [home], data={"a": "2"})')

    assert (objects.read(document("ConfigMap", "it")) or {})["data"] == {"a": "2"}


def test_reading_back_finds_what_was_changed_and_what_is_gone(objects: Objects) -> None:
    objects.apply(document("Namespace", NAMESPACE), Manager("it"))
    changes = ClusterChanges(objects)
    made = objects.apply(document("ConfigMap", "it", data={"a": "1"}), Manager("it"))
    known = Existing("urn", "", document("ConfigMap", "it", data={"a": "1"}), made)
    objects.apply(document("ConfigMap", "it", data={"a": "2", "b": "3"}), Manager("x", force=True))
    found = changes.read(known)
    objects.delete(document("ConfigMap", "it"), "Background")

    assert found is not None
    assert found.inputs["data"] == {"a": "2"}
    assert found.id == f"{NAMESPACE}/it"
    assert changes.read(known) is None


def test_a_wait_in_vain_is_told_and_the_object_is_recorded(
    stack: ClusterStack, objects: Objects
) -> None:
    source = """declare("Deployment", "it", [home], "apps/v1", spec={
        "replicas": 1, "selector": {"matchLabels": {"app": "it"}},
        "template": {"metadata": {"labels": {"app": "it"}},
                     "spec": {"containers": [{"name": "it", "image": "example.net/it:1"}]}}},
        annotations={"pulumi.com/timeoutSeconds": "1"})"""
    waited = stack.apply(source)
    errors = stack.recorded("it")["initErrors"]
    skipped = stack.apply(source.replace('timeoutSeconds": "1', 'skipAwait": "true'))

    assert not waited.ok
    assert "0 of 1 pods are available" in stack.told + errors[0]
    assert skipped.ok, stack.told
    assert objects.read(document("Deployment", "it", "apps/v1")) is not None


def test_an_unknown_kind_is_previewed_and_refused_with_its_reason(
    stack: ClusterStack, objects: Objects
) -> None:
    del objects
    stack.declare('declare("Thing", "it", [home], "example.net/v1")')
    previewed = stack.preview()
    refused = stack.up()

    assert previewed.ok
    assert not refused.ok
    assert "knows no Thing of example.net/v1" in stack.told


def test_strict_validation_names_the_field(objects: Objects) -> None:
    objects.apply(document("Namespace", NAMESPACE), Manager("it"))

    with pytest.raises(RefusalError, match=r"has no field spec\.hardd"):
        objects.apply(document("ResourceQuota", "it", spec={"hardd": {}}), Manager("it"))
