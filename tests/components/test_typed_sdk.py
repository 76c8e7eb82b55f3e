"""Objects are declared without the typed classes of the SDK, and arrive exactly as with them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as typed
import pytest
from msgspec.structs import replace

from components.base import Component, Token
from components.manifests import declare_manifest
from render.kubernetes import render_manifests
from render.manifest import Manifest
from tests.components.recording import Recorded, record
from tests.render.small_network import DESCRIPTION, plan_by_hand

PASSWORD = {"weave-passwd": "hunter2"}


def one_of_each_kind() -> Iterator[Manifest]:
    """The first object of every kind that is rendered, the Secret of Weave Net among them."""
    cluster = {**json.loads(json.dumps(DESCRIPTION["cluster"])), "weave": {"encryption": True}}
    seen: set[str] = set()
    for manifest in render_manifests(plan_by_hand(cluster=cluster)):
        if manifest.kind not in seen:
            seen.add(manifest.kind)
            yield manifest


MANIFESTS = {manifest.kind: manifest for manifest in one_of_each_kind()}


def typed_class(manifest: Manifest) -> Any:
    """The class of the SDK; for kinds that it does not know, the one for custom resources."""
    modules = {
        "v1": typed.core.v1,
        "apps/v1": typed.apps.v1,
        "networking.k8s.io/v1": typed.networking.v1,
        "rbac.authorization.k8s.io/v1": typed.rbac.v1,
        "admissionregistration.k8s.io/v1": typed.admissionregistration.v1,
    }
    module = modules.get(manifest.api_version)
    return getattr(module, manifest.kind) if module else typed.apiextensions.CustomResource


def typed_arguments(manifest: Manifest) -> dict[str, Any]:
    """The object as arguments of its class: only the outermost names are Python's."""
    names = {"apiVersion": "api_version", "roleRef": "role_ref", "stringData": "string_data"}
    names["automountServiceAccountToken"] = "automount_service_account_token"
    body = json.loads(json.dumps(manifest.body))
    return {names.get(key, key): value for key, value in body.items()}


def as_we_declare(manifest: Manifest, data: Mapping[str, str] | None) -> Recorded:
    def program() -> Mapping[str, Any]:
        further = {"stringData": pulumi.Output.secret(dict(data))} if data else None
        declare_manifest(Component(Token.TENANT, "t"), manifest, further=further)
        return {}

    return next(each for each in record(program).resources if each.type != Token.TENANT.value)


def as_the_sdk_declares(manifest: Manifest, data: Mapping[str, str] | None) -> Recorded:
    def program() -> Mapping[str, Any]:
        parent = Component(Token.TENANT, "t")
        arguments = typed_arguments(manifest) | ({"string_data": dict(data)} if data else {})
        options = pulumi.ResourceOptions(parent=parent)
        if manifest.kind == "NetworkPolicy":
            options.replace_on_changes = ["spec.policyTypes"]
        typed_class(manifest)(f"t/{manifest.logical_name}", **arguments, opts=options)
        return {}

    return next(each for each in record(program).resources if each.type != Token.TENANT.value)


@pytest.mark.parametrize("kind", MANIFESTS)
def test_an_object_arrives_as_the_typed_sdk_would_send_it(kind: str) -> None:
    data = PASSWORD if kind == "Secret" else None

    assert as_we_declare(MANIFESTS[kind], data) == as_the_sdk_declares(MANIFESTS[kind], data)


def test_the_value_of_a_secret_is_kept_encrypted() -> None:
    declared = as_we_declare(MANIFESTS["Secret"], PASSWORD)

    assert declared.secret_outputs == {"data", "stringData"}
    assert "hunter2" not in repr(MANIFESTS["Secret"])


def test_an_object_declared_twice_has_two_names_where_it_stands_in_two_places() -> None:
    role = MANIFESTS["Role"]
    a, b = (replace(role, meta=replace(role.meta, namespace=name)) for name in ("a", "a-b"))

    assert a.logical_name != b.logical_name
