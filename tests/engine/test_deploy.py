"""A deployment does what the program describes, in the order of what needs what."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.stack import Stack, done

pytestmark = pytest.mark.slow

CHAIN = """
first = note("first")
second = note("second", stdin=first.stdout, create="cat; echo create second >>log")
note("third", opts=options(depends_on=[second]))
pulumi.export("said", second.stdout)
"""

# Each waits for the other one to have begun: neither ends unless they run side by side.
MEETING = """
def meets(mine, other):
    wait = f"for _ in $(seq 600); do [ -e {other} ] && exit 0; sleep 0.05; done; exit 1"
    return local.Command(mine, create=f"touch {mine}; {wait}")

meets("one", "two")
meets("two", "one")
"""


def test_what_depends_on_something_is_made_after_it(stack: Stack) -> None:
    result = stack.up(CHAIN)

    assert result.ok
    assert stack.log == ["create first", "create second", "create third"]
    assert stack.names == ["first", "second", "third"]


def test_what_needs_nothing_of_each_other_is_made_side_by_side(stack: Stack) -> None:
    assert stack.up(MEETING).ok


def test_no_more_is_done_at_a_time_than_was_asked_for(stack: Stack) -> None:
    alone = """
    for name in "abcdef":
        local.Command(name, create="mkdir busy && sleep 0.05 && rmdir busy")
    """

    assert stack.up(alone, parallel=1).ok


def test_outputs_are_what_the_commands_have_written(stack: Stack) -> None:
    result = stack.up("pulumi.export('said', local.Command('c', create='echo hello').stdout)")

    assert result.stack_outputs == {"said": "hello"}
    assert stack.recorded("c")["outputs"]["stdout"] == "hello"


def test_a_second_deployment_does_nothing_and_writes_nothing(stack: Stack) -> None:
    stack.up(CHAIN)
    written = stack.state.stat()

    result = stack.up()

    assert result.ok
    assert {op for op, _ in done(result)} == {"same"}
    assert (stack.state.stat().st_ino, stack.state.stat().st_mtime_ns) == (
        written.st_ino,
        written.st_mtime_ns,
    )


def test_a_second_deployment_seals_no_secret_anew(stack: Stack) -> None:
    stack.up("""
    hush = pulumi.Output.secret("hush hush hush")
    said = local.Command("c", create="cat", stdin=hush, environment={"X": hush}).stdout
    pulumi.export("said", said)
    pulumi.export("hush", hush)
    """)
    written = stack.state.read_text()
    assert "hush hush" not in written

    assert stack.up().ok
    assert stack.state.read_text() == written


def test_a_preview_after_a_deployment_changes_nothing(stack: Stack) -> None:
    stack.up(CHAIN)

    assert not stack.preview().changes


def test_a_change_runs_the_command_to_update_else_the_one_to_create(stack: Stack) -> None:
    source = """
    note("with", update="echo update with >>log", stdin="{0}")
    note("without", stdin="{0}")
    """
    stack.up(source.format(1))
    assert sorted(stack.log) == ["create with", "create without"]

    result = stack.up(source.format(2))

    assert sorted(done(result)) == [("update", "with"), ("update", "without")]
    assert sorted(stack.log) == ["create without", "update with"]


def test_what_left_the_program_is_deleted_dependents_first(stack: Stack) -> None:
    stack.up(CHAIN)
    assert stack.log

    result = stack.up("")

    assert result.ok
    assert stack.log == ["delete third", "delete second", "delete first"]
    assert done(result) == [("delete", "third"), ("delete", "second"), ("delete", "first")]
    assert stack.names == []


def test_a_replacement_is_made_before_the_old_one_goes(stack: Stack) -> None:
    source = """
    lines = {{verb: verb.join(["echo ", " {0} >>log"]) for verb in ("create", "delete")}}
    note("c", triggers=["{0}"], **lines)
    """
    stack.up(source.format(1))

    result = stack.up(source.format(2))

    assert stack.log == ["create 1", "create 2", "delete 1"]
    assert done(result) == [
        ("create-replacement", "c"),
        ("replace", "c"),
        ("delete-replaced", "c"),
    ]
    assert stack.names == ["c"]


def test_a_replacement_comes_after_the_old_one_where_the_program_says_so(stack: Stack) -> None:
    source = """
    first = note("first", triggers=["{0}"], opts=options(delete_before_replace=True))
    note("second", triggers=[first.stdout, "{0}"], opts=options(depends_on=[first]))
    """
    stack.up(source.format(1))
    assert stack.log == ["create first", "create second"]

    stack.up(source.format(2))

    assert stack.log == ["delete second", "delete first", "create first", "create second"]
    assert stack.names == ["first", "second"]


def test_everything_is_destroyed_dependents_first(stack: Stack) -> None:
    stack.up(CHAIN)
    assert stack.log

    result = stack.destroy()

    assert result.ok
    assert stack.log == ["delete third", "delete second", "delete first"]
    assert stack.document.get("resources") is None


def test_a_program_without_commands_deploys(stack: Stack) -> None:
    result = stack.up("pulumi.export('one', 1)")

    assert result.ok
    assert result.stack_outputs == {"one": 1}


@pytest.mark.parametrize("option", ["protect", "retain_on_delete"])
def test_what_shall_stay_is_not_deleted(stack: Stack, option: str) -> None:
    stack.up(f"note('c', opts=options({option}=True))")
    assert stack.log == ["create c"]

    result = stack.up("")

    assert stack.log == []
    assert result.ok is (option == "retain_on_delete")
    assert stack.names == (["c"] if option == "protect" else [])


def test_what_is_protected_is_not_replaced(stack: Stack) -> None:
    stack.up("note('kept', triggers=[1], opts=options(protect=True))")
    before = stack.log
    stack.write("note('kept', triggers=[2], opts=options(protect=True))")
    foreseen = stack.preview()
    result = stack.up()

    assert before == ["create kept"]
    assert not foreseen.ok
    assert not result.ok
    assert "unable to replace resource" in stack.told
    assert stack.log == []


def test_nothing_is_deleted_where_something_protected_would_have_to_be(stack: Stack) -> None:
    stack.up("note('kept', opts=options(protect=True))\nnote('other')")
    assert stack.log

    result = stack.up("")

    assert not result.ok
    assert "cannot be deleted because it is protected" in stack.told
    assert stack.log == []


def test_what_goes_with_its_host_is_not_deleted_by_itself(stack: Stack) -> None:
    stack.up("host = note('host')\nnote('guest', opts=options(deleted_with=host))")
    assert stack.log

    stack.up("")

    assert stack.log == ["delete host"]
    assert stack.names == []


def test_what_shall_be_ignored_changes_nothing(stack: Stack) -> None:
    source = "note('c', stdin='{0}', opts=options(ignore_changes=['stdin']))"
    stack.up(source.format(1))

    result = stack.up(source.format(2))

    assert done(result) == [("same", "c")]


def test_a_command_has_its_interpreter_folder_and_variables(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()

    result = stack.up("""
    import sys
    said = local.Command(
        "c",
        create="import os; print(os.path.basename(os.getcwd()), os.environ['X'])",
        interpreter=[sys.executable, "-c"],
        dir="../sub",
        environment={"X": "y z"},
    ).stdout
    pulumi.export("said", said)
    """)

    assert result.stack_outputs == {"said": "sub y z"}


def test_a_command_sees_what_it_wrote_before_unless_that_is_not_wanted(stack: Stack) -> None:
    source = """
    line = "echo {0}${{PULUMI_COMMAND_STDOUT-none}}${{PULUMI_COMMAND_STDERR-none}}; echo e >&2"
    for name, add in {{"sees": True, "asks-not": False}}.items():
        said = local.Command(name, create=line, add_previous_output_in_env=add).stdout
        pulumi.export(name, said)
    """
    stack.up(source.format(1))

    result = stack.up(source.format(2))

    assert result.stack_outputs == {"sees": "21nonenonee", "asks-not": "2nonenone"}


def test_no_process_shows_a_secret_in_its_arguments(stack: Stack) -> None:
    result = stack.up("""
    line = "cat >/dev/null; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\\\0' ' ' || true"
    hush = pulumi.Output.secret("hush " + "hush hush")
    said = local.Command("c", create=line, stdin=hush, environment={"X": hush}, logging="none")
    pulumi.export("said", said.stdout)
    """)

    shown = str(result.stack_outputs["said"])
    assert "/proc/" in shown
    assert [each for each in ("hush hush hush", "correct horse") if each in shown] == []


def test_a_fault_of_the_engine_is_told_and_what_was_begun_stays_on_record(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.up("note('goes')")
    monkeypatch.setattr("subprocess.Popen", None)

    result = stack.up("")

    assert not result.ok
    assert "the engine itself failed at 'goes': TypeError" in stack.told
    assert [each["type"] for each in stack.document["pending_operations"]] == ["deleting"]


def test_a_command_that_takes_too_long_is_stopped(stack: Stack) -> None:
    result = stack.up("""
    times = pulumi.CustomTimeouts(create="300ms")
    local.Command("c", create="echo begun; sleep 60", opts=options(custom_timeouts=times))
    """)

    assert not result.ok
    assert "took longer than 0.3 s" in stack.told
    assert stack.names == []
