"""The command's first lines: an interrupt among the imports ends it without a traceback."""

import subprocess
import sys
import tomllib

import pytest

from cli.exits import Exit
from tests.source_tree import REPOSITORY

INTERRUPT_AT = """
import signal, sys

class Interrupter:
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupter())
sys.argv = ["la1r", "check", "--stack", "dev"]
"""


def run_python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("module", ["click", "cli.main", "cli.problems", "config.load"])
def test_an_interrupt_among_the_imports_of_the_command_ends_it_with_a_word(module: str) -> None:
    done = run_python(INTERRUPT_AT.format(module=module) + "from cli.start import main; main()")

    assert (done.returncode, done.stdout, done.stderr) == (Exit.INTERRUPTED, "", "interrupted\n")


def test_an_interrupt_among_the_imports_of_the_program_ends_it_without_a_traceback() -> None:
    program = INTERRUPT_AT.format(module="components.network")
    done = run_python(program + f"import runpy; runpy.run_path({str(REPOSITORY)!r})")

    assert (done.returncode, done.stdout, done.stderr) == (Exit.INTERRUPTED, "", "")


def test_the_command_that_is_installed_starts_there() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

    assert project["scripts"] == {"la1r": "cli.start:main"}
