"""Holds the rooms to their borders: who may import whom, and that every test file is run."""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

import pytest

from tests.golden import CASES
from tests.source_tree import (
    BESIDE_THE_ROOMS,
    REPOSITORY,
    Import,
    Source,
    list_imports,
    parse_source,
    read_sources,
)

PYDANTIC = frozenset({"pydantic", "pydantic_core"})
STRUCTS = frozenset({"msgspec"})
PULUMI = frozenset({"pulumi", "pulumi_command", "pulumi_kubernetes"})
GRPC = frozenset({"google", "grpc"})


@dataclass(frozen=True, slots=True)
class Border:
    """What a room may import besides itself and Python's own library, and why."""

    rooms: frozenset[str]
    libraries: frozenset[str]
    reason: str


def _border(rooms: str, libraries: frozenset[str], reason: str) -> Border:
    return Border(frozenset(rooms.split()), libraries, reason)


BORDERS = {
    "terms": _border("", PYDANTIC | STRUCTS, "the vocabulary stands on nothing of ours"),
    "config": _border(
        "terms",
        PYDANTIC | STRUCTS | {"yaml"},
        "a description is checked before anything is computed from it",
    ),
    "plan": _border(
        "terms config", STRUCTS | {"netaddr"}, "a plan follows from the description alone"
    ),
    "render": _border(
        "terms config plan", STRUCTS | {"jinja2"}, "text prints what the plan decided"
    ),
    "reach": _border(
        "terms config plan render",
        STRUCTS,
        "reach judges what is emitted, with no help from it",
    ),
    "views": _border(
        "terms config plan render reach",
        STRUCTS | {"jinja2", "yaml"},
        "views show results and decide nothing",
    ),
    "devices": _border("terms", frozenset(), "what runs on devices knows no plan"),
    "components": _border(
        "terms config plan render", PULUMI, "components declare and compute nothing"
    ),
    "engine": _border(
        "",
        PULUMI
        | GRPC
        | STRUCTS
        | {"asyncssh", "cryptography", "httpx2", "lightkube", "rich", "yaml"},
        "the engine runs any program and knows nothing of networks",
    ),
    "lab": _border("", frozenset({"cryptography", "yaml"}), "the lab would hide a fault it shared"),
    "cli": _border(
        "terms config plan render reach views devices components engine",
        PYDANTIC | PULUMI | {"yaml", "click", "cryptography", "rich", "segno"},
        "the command joins everything, but the lab is for tests",
    ),
    "__main__": _border(
        "terms config plan render reach views devices components",
        PULUMI,
        "the program runs on either engine and without the command",
    ),
}
WITHOUT_PULUMI = ("terms", "config", "plan", "render", "reach", "views", "devices")
BANNED_NAMES = frozenset({"common", "helpers", "legacy", "manager", "misc", "new", "utils"})
PROGRAM_LINES = 39  # `__main__.py` is a list of contents, seen at one glance.


def find_crossings(source: Source) -> list[str]:
    """List the imports of a product file that its border does not allow."""
    border = BORDERS[source.room]
    allowed = border.rooms | border.libraries | sys.stdlib_module_names | {source.room}
    return [
        f"{source.path}:{found.line} imports {found.module}: {border.reason}"
        for found in list_imports(source)
        if found.top not in allowed
    ]


@pytest.mark.parametrize("room", BORDERS)
def test_a_room_imports_only_what_its_border_allows(room: str) -> None:
    crossings = [
        line for source in read_sources() if source.room == room for line in find_crossings(source)
    ]

    assert not crossings, "\n".join(crossings)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from plan.build import build_plan", id="backwards"),
        pytest.param("def load():\n    import pulumi", id="inside a function"),
        pytest.param("if TYPE_CHECKING:\n    from cli import main", id="for types only"),
        pytest.param("import_module('reach.matrix')", id="by name"),
        pytest.param("import tests.golden", id="from the tests"),
        pytest.param("import requests", id="a library nobody chose"),
    ],
)
def test_a_crossing_is_found(text: str) -> None:
    assert find_crossings(parse_source(PurePath("config/example.py"), text))


def test_every_folder_with_python_is_a_room_with_a_border() -> None:
    folders = {source.room for source in read_sources()}

    assert folders <= BORDERS.keys() | BESIDE_THE_ROOMS


def test_pure_rooms_load_without_pulumi_and_touch_nothing() -> None:
    rooms = [room for room in WITHOUT_PULUMI if (REPOSITORY / room).is_dir()]

    run = subprocess.run(
        [sys.executable, "-B", "-m", "tests.pure_imports", *rooms],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [str(source.path) for source in read_sources() if BANNED_NAMES & set(_names(source))]

    assert not named


def _names(source: Source) -> tuple[str, ...]:
    return source.path.with_suffix("").parts


def test_the_program_is_seen_at_one_glance() -> None:
    long = [
        source.path
        for source in read_sources()
        if source.room == "__main__" and len(source.text.splitlines()) > PROGRAM_LINES
    ]

    assert not long, f"__main__.py has more than {PROGRAM_LINES} lines"


def test_every_test_file_is_collected(
    collected_files: frozenset[Path], request: pytest.FixtureRequest
) -> None:
    asked = [
        (request.config.invocation_params.dir / argument.partition("::")[0]).resolve()
        for argument in request.config.args
    ]
    present = {
        file
        for place in asked
        for file in ([place] if place.is_file() else place.rglob("test_*.py"))
        if not file.is_relative_to(CASES)
    }

    assert present == collected_files & present


def test_every_other_python_file_of_the_tests_is_used_by_one() -> None:
    tests = [source for source in read_sources() if source.room == "tests"]
    imported = {found for source in tests for found in _prefixes(source)}
    words = {word for source in tests for word in _quoted_words(source)}
    support = [
        source
        for source in tests
        if not source.path.name.startswith("test_")
        and source.path.name not in {"conftest.py", "__init__.py"}
    ]
    unused = [
        str(source.path)
        for source in support
        if source.module not in imported | words and source.path.name not in words
    ]

    assert not unused


def _prefixes(source: Source) -> set[str]:
    """Every module that an import of this file may mean: `from a.b import c` is a.b or a.b.c."""
    imports: set[Import] = set(list_imports(source))
    return {found.module for found in imports} | {
        found.module.rpartition(".")[0] for found in imports
    }


def _quoted_words(source: Source) -> set[str]:
    return {
        PurePath(word).name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in node.value.split()
    }


def test_every_file_under_cases_is_read_by_a_test(
    read_cases: frozenset[Path], request: pytest.FixtureRequest
) -> None:
    if request.session.testsfailed:
        pytest.skip("other tests failed, so not all expected files were read")
    orphans = {file for file in CASES.rglob("*") if file.is_file()} - read_cases

    assert not orphans, "expected files that no test reads"
