"""What the command package says about inputs and differences, rule by rule."""

from __future__ import annotations

import pytest

from engine.providers.base import Call, Comparison
from engine.providers.command import CommandProvider
from engine.providers.execution import Executions
from engine.urn import build_urn
from engine.values import UNKNOWN, Properties, Secret

REMOTE = build_urn("dev", "p", "", "command:remote:Command", "it")
LOCAL = build_urn("dev", "p", "", "command:local:Command", "it")


def test_a_connection_gets_its_defaults_and_is_secret() -> None:
    checked = CommandProvider(Executions(".")).check(
        REMOTE, None, {"connection": {"host": "192.0.2.1"}}
    )

    full: Properties = {
        "host": "192.0.2.1",
        "user": "root",
        "port": 22,
        "dialErrorLimit": 10,
        "perDialTimeout": 15,
    }
    assert checked.inputs == {"connection": Secret(full)}
    assert checked.failures == ()


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        pytest.param({}, "'connection' is required", id="no-connection"),
        pytest.param({"connection": {}}, "'connection.host' is required", id="no-host"),
        pytest.param(
            {"connection": {"host": "h", "hots": "x"}}, "no input 'connection.hots'", id="misspelt"
        ),
        pytest.param(
            {"connection": {"host": "h", "proxy": {}}},
            "'connection.proxy.host'",
            id="proxy-without-host",
        ),
        pytest.param(
            {"connection": {"host": "h"}, "crate": "x"}, "no input 'crate'", id="unknown-input"
        ),
    ],
)
def test_wrong_inputs_of_a_command_are_named_without_their_values(
    inputs: Properties, told: str
) -> None:
    (failure, *_) = CommandProvider(Executions(".")).check(REMOTE, None, inputs).failures

    assert told in failure.reason


@pytest.mark.parametrize(
    ("old", "new", "changed", "replaces"),
    [
        pytest.param({"create": "a"}, {"create": "a"}, (), False, id="same"),
        pytest.param({"create": "a"}, {"create": "b"}, ("create",), False, id="create"),
        pytest.param({"delete": "a"}, {}, ("delete",), False, id="only-delete"),
        pytest.param({}, {"triggers": [1]}, ("triggers",), True, id="first-triggers"),
        pytest.param(
            {"triggers": [1]},
            {"triggers": [2]},
            ("triggers",),
            False,
            id="an-item-of-triggers-is-up-to-an-option",
        ),
        pytest.param({"version": "1"}, {"__x": 2}, (), False, id="not-its-own-inputs"),
        pytest.param(
            {"stdin": Secret("a")}, {"stdin": Secret("b")}, ("stdin",), False, id="secret"
        ),
    ],
)
def test_only_triggers_replace_a_command(
    old: Properties, new: Properties, changed: tuple[str, ...], replaces: bool
) -> None:
    found = CommandProvider(Executions(".")).diff(Comparison(LOCAL, old, old, new))

    assert (found.changed_keys, found.replaces) == (changed, replaces)


def test_a_new_output_is_unknown_and_an_old_one_stays_until_an_input_changes() -> None:
    command = CommandProvider(Executions("."))
    old: Properties = {"create": "a", "stdout": "x", "stderr": ""}

    same = command.preview_update(Comparison(LOCAL, {}, old, {"create": "a"}), Call())
    changed = command.preview_update(Comparison(LOCAL, {}, old, {"create": "b"}), Call())

    assert command.preview_create(LOCAL, {"create": "a"}, Call())[1]["stdout"] == UNKNOWN
    assert (same["stdout"], changed["stdout"]) == ("x", UNKNOWN)
