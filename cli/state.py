"""A stack -> the state that the built-in engine keeps of it, opened to be changed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from cli.program import program_of
from cli.stack import Whole
from engine.deploy import Place
from engine.deployment import Deployment, empty_deployment, read_deployment
from engine.events import Event
from engine.opening import open_state
from engine.program import Program
from engine.statefile import load
from engine.statelock import locked

FOLDER = ".la1r"


@dataclass(frozen=True, slots=True)
class HeldState:
    """A state that nobody else may change as long as it is held."""

    program: Program
    deployment: Deployment
    path: Path
    passphrase: str

    def place(self, parallel: int, on_event: Callable[[Event], None]) -> Place:
        """Where and how a run works on it, and who listens."""
        return Place(self.path, parallel, on_event, (self.passphrase,))


def state_path(folder: Path, name: str) -> Path:
    """The state file of a stack; git ignores its folder."""
    return folder / FOLDER / f"{name}.json"


def recorded_resources(whole: Whole) -> int:
    """How many resources the built-in engine has recorded of a stack; secrets stay sealed."""
    path = state_path(whole.folder, whole.name)
    return len(load(path, None).resources) if path.exists() else 0


def recorded_deployment(whole: Whole) -> Deployment:
    """What the built-in engine has recorded of a stack, for looking at alone.

    Without the passphrase, its secrets are unknown.
    """
    path = state_path(whole.folder, whole.name)
    return read_deployment(path) if path.exists() else empty_deployment()


@contextmanager
def held_state(whole: Whole) -> Iterator[HeldState]:
    """Hold the state of a stack while the block runs.

    Raises LockedError when another run holds it, PassphraseError without the right passphrase.
    """
    with held_alone(whole) as path:
        opened = open_state(path, _ask_passphrase)
        yield HeldState(
            program_of(whole, opened.passphrase), opened.deployment, path, opened.passphrase
        )


@contextmanager
def held_alone(whole: Whole) -> Iterator[Path]:
    """Let nobody else deploy a stack from this folder while the block runs, by either engine.

    Gives the place of the built-in engine's state. Raises LockedError when another run holds it.
    """
    path = state_path(whole.folder, whole.name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with locked(path):
        yield path


def _ask_passphrase(is_new: bool) -> str | None:
    if not sys.stdin.isatty():
        return None
    text = "Passphrase that shall seal the secrets of this stack" if is_new else "Passphrase"
    answer: str = click.prompt(text, hide_input=True, confirmation_prompt=is_new, err=True)
    return answer


def expect_an_answer(*, yes: bool, verb: str) -> None:
    """Raise a usage error where nobody can be asked, and nobody has agreed beforehand."""
    if not yes and not sys.stdin.isatty():
        raise click.UsageError(
            f"`la1r {verb}` asks before it changes anything, and here is no terminal to ask on: "
            "say --yes to agree beforehand, or look first with `la1r preview`."
        )


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the user wants it, by answer or beforehand."""
    return yes or click.confirm(f"\n{question}", err=True)
