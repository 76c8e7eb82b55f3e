"""Whatever ends a deployment, the next one converges, and what may have happened is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.problems import StateError
from engine.statelock import LockedError, locked
from tests.engine.stack import Stack, done

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]

BEFORE = """
first = note("first", stdin="1")
note("second", triggers=["1"], opts=options(depends_on=[first]))
note("third", triggers=["1"], opts=options(depends_on=[first], delete_before_replace=True))
note("goes", opts=options(depends_on=[first]))
"""
AFTER = """
first = note("first", stdin="2")
note("second", triggers=["2"], opts=options(depends_on=[first]))
note("third", triggers=["2"], opts=options(depends_on=[first], delete_before_replace=True))
note("comes", opts=options(depends_on=[first]))
"""
MANY = 40
"""More writes than any of these runs needs."""


def killed_run(stack: Stack, verb: str, number: int, moment: str) -> bool:
    """Whether a run was killed at that write of the state, and has not ended before."""
    line = [sys.executable, "-m", "tests.engine.killed"]
    run = subprocess.run(
        [*line, str(stack.folder), verb, str(number), moment],
        cwd=REPOSITORY,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode in (0, -signal.SIGKILL), run.stderr
    return run.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("verb", "moment"),
    [("create", "before"), ("change", "before"), ("change", "after"), ("destroy", "before")],
)
def test_a_run_killed_at_any_write_of_the_state_is_made_good_by_the_next_one(
    stack: Stack, verb: str, moment: str
) -> None:
    kills = 0
    for number in range(1, MANY):
        stack.state.unlink(missing_ok=True)
        if verb != "create":
            assert stack.up(BEFORE).ok
        stack.write(AFTER)
        assert stack.log or verb == "create"

        if not killed_run(stack, "destroy" if verb == "destroy" else "up", number, moment):
            break
        kills += 1
        result = stack.destroy() if verb == "destroy" else stack.up()

        assert result.ok, stack.told
        expect_converged(stack, verb)

    assert kills > len(BEFORE.splitlines())


def expect_converged(stack: Stack, verb: str) -> None:
    """Nothing is left to do, nothing is pending, and nothing was left out."""
    document = stack.document
    assert all(not each.get("delete") for each in document["resources"] or [])
    if verb == "destroy":
        assert not document["resources"]
        return
    log = stack.log
    assert "pending_operations" not in document
    assert sorted(stack.names) == ["comes", "first", "second", "third"]
    assert {"create first", "create second", "create third", "create comes"} <= {*log}
    if verb == "change":
        assert {"delete second", "delete third", "delete goes"} <= {*log}
    assert not stack.preview().changes


def test_a_run_killed_while_it_makes_something_tells_the_next_one(stack: Stack) -> None:
    stack.write("note('c', create='echo create >>log; kill -9 $PPID; sleep 1')")
    assert killed_run(stack, "up", MANY, "before")
    pending = stack.document["pending_operations"]
    assert [(each["type"], each["resource"]["type"]) for each in pending] == [
        ("creating", "command:local:Command")
    ]

    result = stack.up("note('c', create='echo create >>log')")

    assert result.ok
    assert "may exist already: it is made again now" in stack.told
    assert "pending_operations" not in stack.document
    assert stack.log == ["create", "create"]


def test_what_may_have_been_made_is_told_until_it_is_made_or_read(stack: Stack) -> None:
    stack.write("note('c', create='kill -9 $PPID; sleep 1')")
    assert killed_run(stack, "up", MANY, "before")

    for _ in range(2):
        assert stack.up("").ok
        assert "may exist already" in stack.told


def test_a_failing_command_lets_end_what_has_begun_and_stops(stack: Stack) -> None:
    source = """
    wait = "for _ in $(seq 600); do [ -e {0} ] && break; sleep 0.05; done"
    line = wait.format("begun") + "; echo why >&2; touch failed; END"
    fails = local.Command("fails", create=line)
    local.Command("ends", create="touch begun; " + wait.format("failed") + "; sleep 0.2")
    note("depends", opts=options(depends_on=[fails]))
    """

    result = stack.up(source.replace("END", "exit 3"))

    assert not result.ok
    assert "'fails' was not created: " in stack.told
    assert "ended with exit status 3:\nwhy" in stack.told
    assert stack.names == ["ends"]
    assert "pending_operations" not in stack.document

    assert stack.up(source.replace("END", "true")).ok
    assert sorted(stack.names) == ["depends", "ends", "fails"]


def test_a_failing_change_keeps_what_was_recorded(stack: Stack) -> None:
    stack.up("note('c', stdin='1')")
    before = stack.recorded("c")

    result = stack.up("note('c', stdin='2', create='exit 1')")

    assert not result.ok
    assert stack.recorded("c") == before


def test_a_failing_deletion_is_tried_again(stack: Stack) -> None:
    stack.up("note('c', delete='[ -e ready ]')")

    assert not stack.up("").ok
    assert stack.names == ["c"]

    (stack.folder / "ready").touch()
    assert stack.up().ok
    assert stack.names == []


def test_a_replaced_resource_whose_deletion_failed_is_deleted_by_the_next_run(
    stack: Stack,
) -> None:
    source = "note('c', triggers=['{0}'], delete='[ -e ready ]')"
    stack.up(source.format(1))

    assert not stack.up(source.format(2)).ok
    assert stack.names == ["c", "c"]

    (stack.folder / "ready").touch()
    result = stack.up()
    assert result.ok
    assert done(result) == [("same", "c"), ("delete-replaced", "c")]
    assert stack.names == ["c"]


def test_what_refers_to_a_renamed_resource_refers_to_its_new_name(stack: Stack) -> None:
    source = """
    host = note("OLD", opts=options(aliases=[pulumi.Alias(name="old")]))
    local.Command("needs", create=host.stdout.apply(lambda _: "LINE"))
    """
    stack.up(source.replace("OLD", "old").replace("LINE", "true"))

    assert not stack.up(source.replace("OLD", "new").replace("LINE", "exit 1")).ok
    assert stack.recorded("needs")["dependencies"] == [stack.recorded("new")["urn"]]
    assert "aliases" not in stack.recorded("new")

    assert stack.up(source.replace("OLD", "new").replace("LINE", "true")).ok


def test_a_second_run_at_the_same_time_is_refused_and_told_who_holds_the_state(
    stack: Stack,
) -> None:
    holder = f"by the process {os.getpid()} on "
    with locked(stack.state), pytest.raises(LockedError, match=holder):
        stack.up("note('c')")

    assert stack.log == []


def test_a_wrong_passphrase_changes_nothing_and_is_told(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.up("note('c')")
    assert stack.log
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")

    with pytest.raises(StateError, match="The passphrase does not fit"):
        stack.up("note('d')")

    assert stack.log == []


def test_without_a_passphrase_nothing_begins(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")

    with pytest.raises(StateError, match="set PULUMI_CONFIG_PASSPHRASE"):
        stack.up("note('c')")

    assert stack.log == []


def test_a_state_that_cannot_be_written_stops_the_run(stack: Stack) -> None:
    stack.up("note('first')")
    assert stack.log
    stack.state.rename(stack.folder / "kept")
    stack.state.mkdir()
    (stack.state / "in-the-way").touch()

    with pytest.raises(StateError):
        stack.up("note('first')\nnote('second')")

    assert stack.log == []


def test_the_state_file_is_readable_by_its_owner_alone(stack: Stack) -> None:
    stack.up("note('c')")

    assert stack.state.stat().st_mode & 0o777 == 0o600
    assert json.loads(stack.state.read_text())["version"] == 3
