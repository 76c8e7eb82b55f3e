"""What an API server refuses, in words that say what to do."""

from __future__ import annotations

import json

import pytest

from engine.cluster.refusals import RefusalError, read_refusal


def refused(code: int, reason: str, message: str, *causes: dict[str, str]) -> RefusalError:
    status = {
        "kind": "Status",
        "reason": reason,
        "message": message,
        "details": {"causes": list(causes)},
    }
    return read_refusal(code, json.dumps(status))


def conflict(field: str, holder: str) -> dict[str, str]:
    message = f'conflict with "{holder}" using v1'
    return {"reason": "FieldManagerConflict", "field": field, "message": message}


def test_a_conflict_names_fields_holders_and_both_ways_out() -> None:
    error = refused(409, "Conflict", "Apply failed", conflict(".spec.hard.pods", "kubectl-edit"))

    assert str(error).splitlines()[1] == '  spec.hard.pods, set by "kubectl-edit" using v1'
    assert "patchForce" in str(error)


def test_a_long_list_of_causes_is_cut_and_counted() -> None:
    causes = [conflict(f".spec.f{n}", "somebody") for n in range(11)]

    assert "  and 3 more" in str(refused(409, "Conflict", "Apply failed", *causes)).splitlines()


def test_what_an_invalid_object_is_blamed_for_is_said_once() -> None:
    cause = {"reason": "FieldValueInvalid", "field": "spec.x", "message": "wrong"}

    assert str(refused(422, "Invalid", "it is invalid: spec.x: wrong", cause)).count("wrong") == 1


@pytest.mark.parametrize(
    ("message", "lacks"),
    [
        pytest.param(
            'pods is forbidden: User "a" cannot create resource "pods"', True, id="rights"
        ),
        pytest.param("pods is forbidden: exceeded quota: tenant", False, id="a quota"),
    ],
)
def test_lacking_rights_are_told_from_a_rule_of_the_cluster(message: str, lacks: bool) -> None:
    error = refused(403, "Forbidden", message)

    assert error.is_forbidden
    assert error.lacks_rights is lacks


def test_a_missing_namespace_is_told_from_a_missing_object() -> None:
    assert refused(404, "NotFound", 'namespaces "cloud" not found').lacks_namespace
    assert not refused(404, "NotFound", 'pods "it" not found').lacks_namespace


def test_an_answer_that_is_no_status_is_not_quoted() -> None:
    assert str(read_refusal(502, "<html>token=secret</html>")) == (
        "the server answered 502 and no reason that can be read"
    )


def test_fields_that_a_kind_does_not_have_are_named() -> None:
    server = "failed to create typed patch object (a/b; /v1, Kind=X): .spec.a: field not declared"
    error = refused(500, "", f"{server} in schema")

    assert str(error) == "this kind of object has no field spec.a"
