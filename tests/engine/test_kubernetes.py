"""What the kubernetes package says about manifests and differences, rule by rule."""

from __future__ import annotations

import pytest

from engine.providers.base import Comparison, Existing
from engine.providers.cluster_changes import existing_from
from engine.providers.kubernetes import KubernetesProvider
from engine.providers.kubernetes_package import KubernetesPackage, stand_in_suffix
from engine.steps import Difference
from engine.urn import build_urn
from engine.values import UNKNOWN, Properties, Secret, Value


def urn(kind: str) -> str:
    return build_urn("dev", "p", "", kind, "it")


CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


def provider(*, mutable: bool = True, namespace: str = "") -> KubernetesProvider:
    return KubernetesProvider(stand_in_suffix, namespace, mutable, mutable)


def manifest(kind: str, version: str = "v1", **fields: Value) -> Properties:
    named: Value = {"name": "it", "namespace": "web"}
    return {"apiVersion": version, "kind": kind, "metadata": named, **fields}


def difference(token: str, old: Properties, new: Properties, *, mutable: bool = True) -> Difference:
    live: Properties = {**old, "__inputs": old, "status": {"phase": "Active"}}
    return provider(mutable=mutable).diff(Comparison(urn(token), old, live, new))


def test_an_object_without_a_name_gets_one_and_keeps_it() -> None:
    new = provider().check(urn(CONFIG_MAP), None, {"kind": "ConfigMap", "apiVersion": "v1"})
    again = provider().check(urn(CONFIG_MAP), new.inputs, {"kind": "ConfigMap"})

    metadata = new.inputs["metadata"]
    assert isinstance(metadata, dict)
    assert str(metadata["name"]).startswith("it-")
    assert again.inputs["metadata"] == metadata


@pytest.mark.parametrize(
    ("token", "namespace"),
    [
        pytest.param("kubernetes:core/v1:ConfigMap", "mine", id="namespaced"),
        pytest.param("kubernetes:core/v1:Namespace", None, id="cluster-wide"),
        pytest.param("kubernetes:example.net/v1:Thing", "mine", id="unknown-kind"),
    ],
)
def test_the_namespace_of_the_provider_is_filled_in(token: str, namespace: str | None) -> None:
    checked = provider(namespace="mine").check(urn(token), None, {"metadata": {"name": "it"}})

    metadata = checked.inputs["metadata"]
    assert isinstance(metadata, dict)
    assert metadata.get("namespace") == namespace


def test_data_of_a_secret_is_secret_and_encoded() -> None:
    given = manifest("Secret", stringData={"key": "hush"})

    checked = provider().check(urn("kubernetes:core/v1:Secret"), None, given)

    assert checked.inputs["data"] == Secret({"key": "aHVzaA=="})
    assert "stringData" not in checked.inputs


def test_what_is_read_back_of_a_secret_is_secret() -> None:
    known = manifest("Secret", data={"key": "aHVzaA=="})
    live: Properties = {**known, "data": {"key": "b3RoZXI="}, "type": "Opaque"}

    found = existing_from(live, Existing("urn", "web/it", known, live), "it")

    assert found.inputs["data"] == Secret({"key": "b3RoZXI="})
    assert "b3RoZXI=" not in repr(found)


def test_what_is_read_back_is_secret_where_it_was_before() -> None:
    known = manifest("ConfigMap", data={"open": "a", "hidden": Secret("b")})
    live = manifest("ConfigMap", data={"open": "c", "hidden": "d"})

    found = existing_from(live, Existing("urn", "web/it", known, live), "it")

    assert found.inputs["data"] == {"open": "c", "hidden": Secret("d")}


@pytest.mark.parametrize(
    ("token", "told"),
    [
        pytest.param("kubernetes:v1:ConfigMap", "both a group and a version", id="no-group"),
        pytest.param("kubernetes:core/v1:ConfigMap", "generateName", id="generated-name"),
    ],
)
def test_what_no_server_would_take_is_refused(token: str, told: str) -> None:
    checked = provider().check(urn(token), None, {"metadata": {"generateName": "x"}})

    assert told in checked.failures[0].reason


@pytest.mark.parametrize(
    ("kind", "old", "new", "paths", "replaces"),
    [
        pytest.param(
            "core/v1:ConfigMap",
            {"data": {"a": "1"}},
            {"data": {"a": "2"}},
            {"data.a"},
            False,
            id="data-in-place",
        ),
        pytest.param(
            "core/v1:Secret",
            {"data": {"a": "MQ=="}},
            {"data": {"a": "Mg=="}},
            {"data.a"},
            False,
            id="secret-in-place",
        ),
        pytest.param(
            "apps/v1:Deployment",
            {"spec": {"selector": {"a": "1"}}},
            {"spec": {"selector": {"a": "2"}}},
            {"spec.selector.a"},
            True,
            id="selector",
        ),
        pytest.param(
            "apps/v1:Deployment",
            {"spec": {"replicas": 1}},
            {"spec": {"replicas": 2}},
            {"spec.replicas"},
            False,
            id="replicas",
        ),
        pytest.param(
            "rbac.authorization.k8s.io/v1:RoleBinding",
            {"roleRef": {"name": "a"}},
            {"roleRef": {"name": "b"}},
            {"roleRef.name"},
            True,
            id="role-ref",
        ),
        pytest.param(
            "core/v1:PersistentVolumeClaim",
            {"spec": {"storageClassName": "a"}},
            {"spec": {"storageClassName": "b"}},
            {"spec.storageClassName"},
            True,
            id="claim",
        ),
        pytest.param(
            "batch/v1:Job",
            {"spec": {"template": {"x": 1}}},
            {"spec": {"template": {"x": 2}}},
            {"spec.template.x"},
            True,
            id="job",
        ),
        pytest.param(
            "networking.k8s.io/v1:NetworkPolicy",
            {"spec": {"policyTypes": ["A"]}},
            {"spec": {"policyTypes": ["A", "B"]}},
            {"spec.policyTypes[1]"},
            False,
            id="policy",
        ),
        pytest.param(
            "example.net/v1:Thing",
            {"spec": {"a": [1, 2]}},
            {"spec": {"a": [1]}},
            {"spec.a[1]"},
            False,
            id="custom-object",
        ),
        pytest.param(
            "core/v1:ConfigMap",
            {"data": {"a.b": "1"}},
            {"data": {}},
            {"data"},
            False,
            id="an-empty-map-is-none",
        ),
        pytest.param(
            "core/v1:ConfigMap",
            {"data": {"a.b": "1", "c": "2"}},
            {"data": {"c": "2"}},
            {'data["a.b"]'},
            False,
            id="quoted-path",
        ),
        pytest.param(
            "core/v1:ConfigMap",
            {"data": {"a": "1"}},
            {"data": {"a": UNKNOWN}},
            {"data.a"},
            False,
            id="unknown",
        ),
    ],
)
def test_a_changed_manifest_updates_or_replaces(
    kind: str, old: Properties, new: Properties, paths: set[str], replaces: bool
) -> None:
    version, name = kind.split(":")
    base = manifest(name, version.removeprefix("core/"))

    found = difference(f"kubernetes:{kind}", {**base, **old}, {**base, **new})

    assert set(found.detailed or ()) == paths
    assert found.replaces is replaces


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_data_replaces_unless_the_provider_says_it_can_change(kind: str) -> None:
    old, new = manifest(kind, data={"a": "MQ=="}), manifest(kind, data={"a": "Mg=="})

    found = difference(f"kubernetes:core/v1:{kind}", old, new, mutable=False)

    assert found.replace_keys == ("data.a",)
    assert found.delete_before_replace


def test_another_name_makes_a_new_object_beside_the_old_one() -> None:
    old = manifest("ConfigMap")
    new: Properties = {**old, "metadata": {"name": "other", "namespace": "web"}}

    found = difference(CONFIG_MAP, old, new)

    assert found.replaces
    assert not found.delete_before_replace


@pytest.mark.parametrize(
    ("old", "new", "changes", "replaces"),
    [
        pytest.param({"context": "a"}, {"context": "b"}, True, False, id="context"),
        pytest.param({"kubeconfig": "a"}, {"kubeconfig": "b"}, True, True, id="kubeconfig"),
        pytest.param(
            {"kubeconfig": "a", "clusterIdentifier": "x"},
            {"kubeconfig": "b", "clusterIdentifier": "x"},
            True,
            False,
            id="the-identifier-keeps-the-cluster",
        ),
        pytest.param(
            {"clusterIdentifier": "x"},
            {"clusterIdentifier": "y"},
            True,
            True,
            id="another-identifier",
        ),
        pytest.param(
            {"clusterIdentifier": "x"}, {"clusterIdentifier": "x"}, False, False, id="same"
        ),
        pytest.param({"kubeconfig": "a"}, {"kubeconfig": UNKNOWN}, True, True, id="unknown"),
    ],
)
def test_another_cluster_replaces_what_is_in_it(
    old: Properties, new: Properties, changes: bool, replaces: bool
) -> None:
    found = KubernetesPackage().diff_config(old, new)

    assert (found.changes, found.replaces) == (changes, replaces)
