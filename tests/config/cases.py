"""Reads the cases of tests/cases/errors: edits of one sound description."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from config.load import load_stack
from terms.problem import DescriptionError, Problem
from tests.golden import CASES

ERRORS = CASES / "errors"
BASE = ERRORS / "base.stack.yaml"
FILE_NAME = "Pulumi.case.yaml"

Edits = list[list[str]]


@dataclass(frozen=True)
class CaseFile:
    """The refused and the accepted stack files of one rule, by what they are about."""

    name: str
    refused: dict[str, str]
    accepted: dict[str, str]


def read_case_files() -> list[CaseFile]:
    """Read all case files; one that has neither kind of case is a mistake."""
    paths = sorted(path for path in ERRORS.glob("*.yaml") if path != BASE)
    return [_read(path) for path in paths]


def _read(path: Path) -> CaseFile:
    content = yaml.safe_load(path.read_text())
    refused = {name: edit(edits) for name, edits in content.get("refused", {}).items()}
    accepted = {name: edit(edits) for name, edits in content.get("accepted", {}).items()}
    return CaseFile(path.stem, refused | content.get("texts", {}), accepted)


def edit(edits: Edits) -> str:
    """Change the sound description; what is to be changed must stand in it exactly once."""
    text = BASE.read_text()
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the description"
        text = text.replace(old, new)
    return text


def find_problems(text: str, folder: Path) -> tuple[Problem, ...]:
    """Load a text as a stack file; give its problems, or its warnings when it is sound."""
    path = folder / FILE_NAME
    path.write_text(text)
    try:
        return load_stack(path).warnings
    except DescriptionError as error:
        return error.problems


def report(cases: dict[str, tuple[Problem, ...]]) -> str:
    """Write the problems of several cases as one expected text."""
    parts = [f"== {name}\n" + "\n".join(map(str, found)) for name, found in cases.items()]
    return "\n\n".join(parts) + "\n"
