"""What goes wrong in a program is told kindly, and nothing is deleted because of it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from engine.deployment import empty_deployment, read_deployment
from engine.goal import Goal
from engine.identity import Identities
from engine.preview import Preview, preview
from engine.problems import EngineError, Severity
from engine.program import Program
from engine.steps import Op
from tests.engine.conftest import Again, MakeProgram
from tests.engine.deployed import write_state

COMMAND = (
    "import sys, pulumi\nfrom pulumi import ResourceOptions\nfrom pulumi_command import local\n"
)


def errors(result: Preview) -> list[str]:
    return [item.message for item in result.diagnostics if item.severity is Severity.ERROR]


def test_an_exception_is_told_with_the_lines_of_the_program_alone(preview_new: Again) -> None:
    result = preview_new("def fail():\n    raise ValueError('a bad thing')\n\nfail()\n")

    assert not result.ok
    (message,) = errors(result)
    assert message.splitlines()[-1] == "ValueError: a bad thing"
    assert "__main__.py" in message
    assert "runpy" not in message
    assert "runner.py" not in message


def test_a_run_error_is_told_without_a_traceback(preview_new: Again) -> None:
    result = preview_new("import pulumi\nraise pulumi.RunError('say it kindly')\n")

    assert errors(result) == ["say it kindly"]
    assert not result.ok


def test_an_exception_in_an_apply_fails_the_run(preview_new: Again) -> None:
    result = preview_new("import pulumi\npulumi.Output.from_input(1).apply(lambda one: one / 0)\n")

    assert "ZeroDivisionError" in errors(result)[0]
    assert not result.ok


@pytest.mark.parametrize(
    ("code", "ok", "told"),
    [
        pytest.param("0", True, [], id="zero-is-success"),
        pytest.param("", True, [], id="no-code-is-success"),
        pytest.param("3", False, ["the program exited with the code 3"], id="other-codes-fail"),
        pytest.param("'why'", False, ["why"], id="a-text-is-the-message"),
        pytest.param("32", False, [], id="told-already"),
    ],
)
def test_an_exit_of_the_program_decides_by_its_code(
    code: str, ok: bool, told: list[str], preview_new: Again
) -> None:
    result = preview_new(f"import sys\nsys.exit({code})\n")

    assert result.ok is ok
    assert errors(result) == told


def test_a_logged_error_alone_does_not_fail_the_run(preview_new: Again) -> None:
    result = preview_new("import pulumi\npulumi.log.error('only said')\n")

    assert errors(result) == ["only said"]
    assert result.ok


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    result = preview(Program("p", "dev", tmp_path), empty_deployment())

    assert f"'{tmp_path / '__main__.py'}' does not exist" in errors(result)[0]


def test_a_failed_program_plans_no_deletion(make_program: MakeProgram, tmp_path: Path) -> None:
    source = COMMAND + "local.Command('one')\nlocal.Command('two')\n"
    state = write_state(make_program(source), tmp_path / "state.json")
    failing = COMMAND + "local.Command('one')\nraise pulumi.RunError('too early')\n"

    result = preview(make_program(failing), read_deployment(state))

    assert {step.op for step in result.steps} == {Op.SAME}
    assert not result.ok


@pytest.mark.parametrize(
    ("source", "told"),
    [
        pytest.param(
            "pulumi.CustomResource('aws:s3/bucket:Bucket', 'b', {})",
            "does not know the package 'aws' (of type 'aws:s3/bucket:Bucket')",
            id="unknown-package",
        ),
        pytest.param(
            "pulumi.CustomResource('command:local:Magic', 'm', {})",
            "does not support the resource type 'command:local:Magic' (resource 'm')",
            id="unknown-type",
        ),
        pytest.param(
            "pulumi.CustomResource('Magic', 'm', {})",
            "'Magic' (resource 'm') is not a resource type",
            id="no-type-at-all",
        ),
        pytest.param(
            "local.Command('c', opts=ResourceOptions(import_='id'))",
            "does not support the option 'import_', which resource 'c'",
            id="import",
        ),
        pytest.param(
            "local.Command.get('c', 'id')",
            "does not support reading the existing resource 'c'",
            id="reading",
        ),
        pytest.param(
            "local.run(command='true')",
            "does not support the function 'command:local:run'",
            id="function",
        ),
        pytest.param(
            "pulumi.StackReference('other')",
            "does not support reading the existing resource 'other'",
            id="stack-reference",
        ),
        pytest.param(
            "local.Command('c', archive_paths=[pulumi.FileArchive('.')])",
            "supports text and file assets, not archives or URIs",
            id="archive",
        ),
        pytest.param(
            "local.Command('c', asset_paths=['*.txt'])",
            "property 'assetPaths' has a problem: the built-in engine does not collect files",
            id="collected-assets",
        ),
        pytest.param(
            "local.Command('c', archive_paths=['*.txt'])",
            "property 'archivePaths' has a problem: the built-in engine does not collect files",
            id="collected-archive",
        ),
        pytest.param(
            "local.Command('c', opts=ResourceOptions("
            "custom_timeouts=pulumi.CustomTimeouts(create='soon')))",
            "'soon' is no duration (custom_timeouts.create of resource 'c')",
            id="timeout",
        ),
        pytest.param(
            "local.Command('c', opts=ResourceOptions(transforms=[lambda args: None]))",
            "does not support transforms",
            id="transforms-of-one-resource",
        ),
        pytest.param(
            "local.Command('c', opts=ResourceOptions(hooks=pulumi.ResourceHookBinding("
            "after_create=[lambda args: None])))",
            "does not support resource hooks",
            id="hooks",
        ),
        pytest.param(
            "pulumi.runtime.register_resource_transform(lambda args: None)",
            "does not support transforms",
            id="transforms",
        ),
    ],
)
def test_what_the_engine_does_not_do_is_refused_by_name(
    source: str, told: str, preview_new: Again
) -> None:
    result = preview_new(COMMAND + source + "\n")

    assert not result.ok
    assert told in errors(result)[0]
    assert "Traceback" not in errors(result)[0]


def test_two_resources_of_one_name_are_refused(preview_new: Again) -> None:
    result = preview_new(COMMAND + "local.Command('c')\nlocal.Command('c')\n")

    urn = "urn:pulumi:dev::p::command:local:Command::c"
    assert errors(result) == [f"two resources have the URN '{urn}': give one of them another name"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param("depends_on=[missing]", "depends on 'urn:", id="depends-on"),
        pytest.param("deleted_with=missing", "depends on 'urn:", id="deleted-with"),
    ],
)
def test_a_dependency_that_does_not_exist_is_named(
    options: str, told: str, preview_new: Again
) -> None:
    urn = "urn:pulumi:dev::p::command:local:Command::missing"
    missing = f"missing = pulumi.resource.DependencyResource('{urn}')\n"

    result = preview_new(f"{COMMAND}{missing}local.Command('c', opts=ResourceOptions({options}))\n")

    assert told in errors(result)[0]
    assert "which this program has not registered" in errors(result)[0]


def test_a_parent_that_does_not_exist_is_named() -> None:
    identities = Identities("dev", "p", {})

    with pytest.raises(EngineError, match="has the parent 'urn:x', which this program has not"):
        identities.claim(Goal("a:b:C", "c", custom=True, parent="urn:x"))


def test_a_program_that_waits_for_itself_is_stopped(preview_new: Again) -> None:
    source = """
        import asyncio, pulumi
        from pulumi_command import local

        later = asyncio.get_running_loop().create_future()
        first = local.Command("first", stdin=pulumi.Output.from_input(later))
        first.urn.apply(later.set_result)
        """

    result = preview_new(source)

    assert "a cyclic dependency" in errors(result)[0]


def test_the_surroundings_of_the_caller_are_put_back(preview_new: Again) -> None:
    import gc
    import sys

    def surroundings() -> tuple[object, ...]:
        return Path.cwd(), list(sys.argv), list(sys.path), sys.stdout, gc.get_threshold()

    before = surroundings()

    preview_new("import os, sys\nsys.path.append('x')\nos.chdir('/')\nraise SystemExit(1)\n")

    assert surroundings() == before


def test_an_interrupt_ends_the_program_where_it_is(preview_new: Again, tmp_path: Path) -> None:
    handler = signal.getsignal(signal.SIGINT)
    source = f"""
        import signal, pathlib
        signal.raise_signal(signal.SIGINT)
        pathlib.Path({str(tmp_path / "later")!r}).touch()
        """

    with pytest.raises(KeyboardInterrupt):
        preview_new(source)

    assert not (tmp_path / "later").exists()
    assert signal.getsignal(signal.SIGINT) is handler
