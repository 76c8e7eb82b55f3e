"""Compares a produced text with the expected file that is kept beside the tests."""

import difflib
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
CASES = REPOSITORY / "tests" / "cases"


@dataclass(frozen=True, slots=True)
class Golden:
    """Holds a text against its expected file, or rewrites that file with `--update-golden`."""

    update: bool

    def __call__(self, path: str | Path, text: str) -> None:
        """Fail with the difference unless the file at `path` holds exactly `text`.

        A relative path starts at tests/cases; an absolute one names another kept file, as a
        picture in docs/. An expected file that is missing fails too.
        """
        expected = CASES / path
        if self.update:
            expected.parent.mkdir(parents=True, exist_ok=True)
            expected.write_bytes(text.encode())
            return
        shown = os.path.relpath(expected, REPOSITORY)
        if not expected.exists():
            pytest.fail(f"{shown} is missing; `make golden` writes it", pytrace=False)
        kept = expected.read_bytes().decode()
        if kept != text:
            pytest.fail(_difference(shown, kept, text), pytrace=False)


def _difference(shown: str, kept: str, text: str) -> str:
    lines = difflib.unified_diff(
        kept.splitlines(keepends=True), text.splitlines(keepends=True), shown, "produced"
    )
    marked = (
        line if line.endswith("\n") else f"{line}\n(no newline at the end)\n" for line in lines
    )
    return f"{shown} differs; if that is wanted, `make golden` rewrites it\n{''.join(marked)}"
