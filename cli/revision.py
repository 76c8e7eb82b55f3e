"""A git revision -> the text of a stack's description in it; nothing else of it is read or run."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# As many digits of a commit as people compare by eye.
SHORT = 12


class RevisionError(Exception):
    """The revision cannot be read; it carries the reason as a sentence."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit by the name that the user gave it."""

    name: str
    commit: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.name} ({self.commit[:SHORT]})"


def find_revision(folder: Path, name: str) -> Revision | None:
    """The commit of that name in the repository around the folder, or None where there is none.

    Raises RevisionError where git cannot say.
    """
    # A name that looks like an option stays a name.
    options = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    code, output = _run_git(folder, *options)
    if code not in (0, 1):
        raise RevisionError(f"git cannot look up '{name}': {output}")
    return Revision(name, output, folder) if code == 0 else None


def read_stack_at(revision: Revision, file: str) -> bytes | None:
    """The bytes of the stack file, or None where the revision has no such file."""
    listed = _ask(revision.folder, "ls-tree", "--name-only", revision.commit, "--", file)
    if not listed.strip():
        return None
    return _ask(revision.folder, "cat-file", "blob", f"{revision.commit}:./{file}")


def _ask(folder: Path, *arguments: str) -> bytes:
    run = _start_git(folder, *arguments)
    if run.returncode != 0:
        raise RevisionError(f"git cannot read it: {_last_line(run.stderr)}")
    return run.stdout


def _run_git(folder: Path, *arguments: str) -> tuple[int, str]:
    run = _start_git(folder, *arguments)
    text = run.stdout.decode(errors="replace").strip()
    return run.returncode, text or _last_line(run.stderr)


def _start_git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # A partial clone may fetch what is missing, but nobody is asked for a password meanwhile.
    surroundings = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, env=surroundings, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise RevisionError("git is not installed") from None


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("fatal: ") if lines else "it gave no reason"
