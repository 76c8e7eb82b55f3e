"""Work that takes nothing from the engine: beside a preview, and before a deployment."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.deploy import Deployed, Place, deploy
from engine.deployment import empty_deployment
from engine.events import Diagnosed, Event
from engine.opening import open_state
from engine.preview import Preview, preview
from engine.program import Program

PROGRAM = """
import pulumi
from components.program import meanwhile, run_program

def work():
    pulumi.log.info("at work")
    {last}

def declare():
    done = meanwhile(work)
    for name in "abc":
        pulumi.ComponentResource("test:index:Thing", name)
    return {{"shown": done}}

run_program(declare)
"""
SOUND = PROGRAM.format(last='return "drawn"')
FAULTY = PROGRAM.format(last='raise PermissionError(13, "Permission denied", "out/dev")')


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Program]:
    # The strength of a passphrase is not what is tested.
    monkeypatch.setattr("engine.crypter.ROUNDS", 1000)

    def write(text: str) -> Program:
        (tmp_path / "__main__.py").write_text(text)
        return Program("p", "dev", tmp_path)

    return write


def tell(event: Event) -> str:
    """What is said, or the name of the resource that something is planned for."""
    if isinstance(event, Diagnosed):
        return event.diagnostic.message
    return event.step.urn.rpartition("::")[2]


def preview_events(program: Program) -> tuple[Preview, list[str]]:
    events: list[Event] = []
    return preview(program, empty_deployment(), on_event=events.append), [*map(tell, events)]


def deploy_events(program: Program) -> tuple[Deployed, list[str]]:
    events: list[Event] = []
    state = program.folder / "state.json"
    opened = open_state(state, lambda _is_new: "a passphrase").deployment
    return deploy(program, opened, Place(state, on_event=events.append)), [*map(tell, events)]


def test_a_preview_begins_with_resources_and_ends_with_what_was_done(
    program: Callable[[str], Program],
) -> None:
    result, told = preview_events(program(SOUND))

    assert told.index("p-dev") < told.index("a") < told.index("at work")
    assert (result.ok, dict(result.stack_outputs)) == (True, {"shown": "drawn"})


def test_a_deployment_begins_when_the_work_is_done(program: Callable[[str], Program]) -> None:
    result, told = deploy_events(program(SOUND))

    assert told[0] == "at work"
    assert (result.ok, dict(result.stack_outputs)) == (True, {"shown": "drawn"})


def test_a_file_that_cannot_be_written_ends_a_preview_without_a_traceback(
    program: Callable[[str], Program],
) -> None:
    result, told = preview_events(program(FAULTY))

    assert not result.ok
    assert told[-1] == "a file cannot be read or written: out/dev: Permission denied"


def test_a_file_that_cannot_be_written_ends_a_deployment_before_it_begins(
    program: Callable[[str], Program],
) -> None:
    result, told = deploy_events(program(FAULTY))

    assert not result.ok
    assert told[:2] == ["at work", "a file cannot be read or written: out/dev: Permission denied"]
    assert set(told[2:]) <= {"p-dev"}
