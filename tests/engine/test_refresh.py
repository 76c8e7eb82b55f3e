"""A refresh tells what is no longer as it is recorded, and changes nothing but the record."""

from __future__ import annotations

import pytest

from engine.deployment import write_deployment
from engine.refresh import read_back
from tests.engine.stack import Stack

pytestmark = pytest.mark.slow


def test_commands_are_taken_at_their_word(stack: Stack) -> None:
    stack.up("pulumi.export('x', note('c').stdout)")
    before = stack.state.read_text()

    refreshed = read_back(stack.program, stack.open(), 4)

    assert refreshed.found.ok
    assert all(step.old is step.new for step in refreshed.found.every_step)
    write_deployment(refreshed.after, stack.state)
    assert stack.state.read_text() == before


def test_what_may_have_been_made_is_told_a_last_time(stack: Stack) -> None:
    stack.up("note('c')")
    document = stack.state.read_text()
    pending = '"pending_operations": [{"resource": %s, "type": "creating"}], "metadata"'
    resource = '{"urn": "urn:pulumi:dev::p::a:b:C::half", "custom": true, "type": "a:b:C"}'
    stack.state.write_text(document.replace('"metadata"', pending % resource))

    refreshed = read_back(stack.program, stack.open(), 4)

    assert [item.urn for item in refreshed.found.diagnostics] == ["urn:pulumi:dev::p::a:b:C::half"]
    write_deployment(refreshed.after, stack.state)
    assert "pending_operations" not in stack.document
