"""Which steps lead from one version of a program to the next, and in which order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.deployment import read_deployment
from engine.preview import Preview, preview
from engine.problems import Severity
from engine.steps import Op
from engine.urn import name_of
from tests.engine.conftest import Again, MakeProgram
from tests.engine.deployed import write_state

START = """
import pulumi
from pulumi import Alias, ComponentResource, ResourceOptions as O
from pulumi_command import local

second = pulumi.Config().require_int("version") == 2
value = "2" if second else "1"

def command(name, create="true", triggers=None, stdin=None, **options):
    return local.Command(name, create=create, triggers=triggers, stdin=stdin, opts=O(**options))

"""


def changes(result: Preview) -> list[str]:
    """Operation and name of each step that is no "same", in order."""
    return [f"{step.op} {step.resource.name}" for step in result.steps if step.op is not Op.SAME]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param('command("a")', [], id="nothing-changes"),
        pytest.param('command("a", value)', ["update a"], id="an-input-updates"),
        pytest.param(
            'command("a", triggers=[value])',
            ["create-replacement a", "replace a", "delete-replaced a"],
            id="a-trigger-replaces-and-deletes-last",
        ),
        pytest.param(
            'command("a", triggers=[value], delete_before_replace=True)',
            ["delete-replaced a", "replace a", "create-replacement a"],
            id="delete-before-replace-deletes-first",
        ),
        pytest.param(
            'command("a", value, replace_on_changes=["create"])',
            ["create-replacement a", "replace a", "delete-replaced a"],
            id="replace-on-changes",
        ),
        pytest.param(
            'command("a", replacement_trigger=value)',
            ["create-replacement a", "replace a", "delete-replaced a"],
            id="replacement-trigger",
        ),
        pytest.param('command("a", value, ignore_changes=["create"])', [], id="ignored"),
        pytest.param('command("a", protect=second)', [], id="protecting-is-no-change"),
        pytest.param('command("a", retain_on_delete=second)', [], id="retaining-is-no-change"),
        pytest.param(
            'second or command("a", retain_on_delete=True)', ["delete a"], id="retained-is-dropped"
        ),
        pytest.param(
            'a = command("a", triggers=[value])\ncommand("b", deleted_with=a)',
            [
                "create-replacement a",
                "replace a",
                "create-replacement b",
                "replace b",
                "delete-replaced b",
                "delete-replaced a",
            ],
            id="what-is-deleted-with-another-is-replaced-with-it",
        ),
        pytest.param(
            'a = command("a", triggers=[value])\ncommand("b", replace_with=[a])',
            [
                "create-replacement a",
                "replace a",
                "create-replacement b",
                "replace b",
                "delete-replaced b",
                "delete-replaced a",
            ],
            id="replace-with",
        ),
        pytest.param(
            'command("new" if second else "old", aliases=[Alias(name="old")])',
            [],
            id="an-alias-keeps-a-renamed-resource",
        ),
        pytest.param(
            'command("new" if second else "old")',
            ["create new", "delete old"],
            id="a-renamed-resource-is-another-one",
        ),
    ],
)
def test_a_change_leads_to_its_steps(
    source: str, expected: list[str], preview_again: Again
) -> None:
    result = preview_again(START + source)

    assert changes(result) == expected
    assert result.changes is bool(expected)


def test_what_somebody_wants_anew_is_replaced_though_nothing_changes(
    make_program: MakeProgram, tmp_path: Path
) -> None:
    program = make_program(START + 'command("a")\ncommand("b")', version="1")
    recorded = read_deployment(write_state(program, tmp_path / "state.json"))
    wanted = frozenset(state.urn for state in recorded.resources if name_of(state.urn) == "a")

    result = preview(replace(program, replace=wanted), recorded)

    assert changes(result) == ["create-replacement a", "replace a", "delete-replaced a"]


def test_deletions_begin_with_what_depends_on_the_others(preview_again: Again) -> None:
    result = preview_again(
        START
        + """
if not second:
    base = command("base")
    class Family(ComponentResource):
        def __init__(self, name):
            super().__init__("test:x:Family", name)
            command("child", parent=self)
            self.register_outputs({})
    family = Family("family")
    command("by-input", stdin=base.stdout)
    command("by-option", depends_on=[family])
"""
    )

    order = changes(result)
    assert sorted(order) == sorted(
        f"delete {name}" for name in ("base", "family", "child", "by-input", "by-option")
    )
    assert order.index("delete by-input") < order.index("delete base")
    assert order.index("delete by-option") < order.index("delete child")
    assert order.index("delete child") < order.index("delete family")


def test_what_cannot_outlive_another_resource_is_deleted_before_it(preview_again: Again) -> None:
    result = preview_again(
        START
        + """
a = command("a", triggers=[value], delete_before_replace=True)
b = command("b", triggers=[a.stdout])
command("c", stdin=b.stdout)
"""
    )

    assert changes(result) == [
        "delete-replaced b",
        "delete-replaced a",
        "replace a",
        "create-replacement a",
        "replace b",
        "create-replacement b",
        "update c",
    ]


def test_output_of_a_command_is_unknown_as_soon_as_an_input_changes(
    preview_again: Again,
) -> None:
    result = preview_again(
        START
        + """
pulumi.export("same", command("same").stdout)
pulumi.export("changed", command("changed", value).stdout)
"""
    )

    assert result.stack_outputs == {"same": "made", "changed": "[unknown]"}


def test_a_protected_resource_is_neither_replaced_nor_deleted(
    preview_again: Again,
) -> None:
    result = preview_again(
        START
        + """
command("replaced", triggers=[value], protect=True)
second or command("deleted", protect=True)
"""
    )

    told = [item.message for item in result.diagnostics if item.severity is Severity.ERROR]
    assert not result.ok
    assert "unable to replace resource" in told[0]
    assert "cannot be deleted because it is protected" in told[1]


def test_dependencies_are_recorded_in_the_state(preview_again: Again) -> None:
    result = preview_again(
        START + 'a = command("a")\nb = command("b")\ncommand("c", stdin=a.stdout, depends_on=[b])'
    )

    (state,) = [step.new for step in result.steps if step.resource.name == "c"]
    assert state is not None
    urns = [f"urn:pulumi:dev::p::command:local:Command::{name}" for name in "ab"]
    assert list(state.dependencies) == urns
    assert state.property_dependencies == {"create": (), "stdin": (urns[0],)}


def test_two_resources_cannot_claim_one_old_one(preview_again: Again) -> None:
    result = preview_again(
        START
        + """
if second:
    command("x", aliases=[Alias(name="old")])
    command("y", aliases=[Alias(name="old")])
else:
    command("old")
"""
    )

    assert "as its alias, which" in result.diagnostics[0].message
    assert not result.ok


def test_a_preview_writes_nothing(make_program: MakeProgram, tmp_path: Path) -> None:
    source = START + 'command("a", value)'
    state = write_state(make_program(source, version="1"), tmp_path / "state.json")
    before = state.read_bytes(), sorted(tmp_path.rglob("*"))

    preview(make_program(source, version="2"), read_deployment(state))

    assert (state.read_bytes(), sorted(tmp_path.rglob("*"))) == before
