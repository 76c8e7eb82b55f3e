"""Objects of the stacks in this repository, object by object against expected files."""

from functools import cache

import pytest

from config.load import load_stack
from plan.build import build_plan
from plan.model import Plan
from render.kubernetes import lint_manifests, render_manifests
from render.manifest import Manifest
from tests.golden import CASES, Golden
from tests.render.manifest_yaml import file_name, write_yaml
from tests.source_tree import REPOSITORY

# The lab has no cluster.
STACKS = ("dev", "prod")


@cache
def plan_stack(stack: str) -> Plan:
    """The plan of a stack in this repository."""
    return build_plan(load_stack(REPOSITORY / f"Pulumi.{stack}.yaml").network)


@cache
def render_stack(stack: str) -> dict[str, Manifest]:
    """Its objects by the names of their expected files."""
    return {file_name(manifest): manifest for manifest in render_manifests(plan_stack(stack))}


@pytest.mark.parametrize(
    ("stack", "name"), [(stack, name) for stack in STACKS for name in render_stack(stack)]
)
def test_an_object_of_a_stack_is_written_as_expected(stack: str, name: str, golden: Golden) -> None:
    golden(f"{stack}/kubernetes/{name}", write_yaml(render_stack(stack)[name]))


@pytest.mark.parametrize("stack", STACKS)
def test_no_expected_object_of_a_stack_is_missing(stack: str) -> None:
    expected = {path.name for path in (CASES / stack / "kubernetes").iterdir()}

    assert expected == set(render_stack(stack))


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_has_no_form_of_an_object_that_must_not_be(stack: str) -> None:
    manifests = tuple(render_stack(stack).values())

    assert not lint_manifests(manifests, plan_stack(stack).network.cluster)
