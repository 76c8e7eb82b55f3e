"""Holds functions and modules to their limits, where ruff has no rule that does."""

import ast
from collections.abc import Iterator
from pathlib import PurePath

import pytest

from tests.source_tree import Source, parse_source, read_sources

# What fits on one screen is read in one go. ruff holds complexity (10) and arguments (6).
FUNCTION_LINES = 40
TEST_FUNCTION_LINES = 30
CONSTRUCTOR_LINES = 50  # A component's constructor is a list of declarations.
MODULE_LINES = 300
NESTING = 3

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def find_excesses(source: Source) -> list[str]:
    """List the functions of a file, and the file itself, that are over a limit."""
    lines = len(source.text.splitlines())
    module = [f"{source.path}: {lines} lines, limit {MODULE_LINES}"] if lines > MODULE_LINES else []
    functions = [node for node in ast.walk(source.tree) if isinstance(node, Function)]
    return module + [text for node in functions for text in _judge_function(source, node)]


def _judge_function(source: Source, function: Function) -> Iterator[str]:
    place = f"{source.path}:{function.lineno} {function.name}"
    lines, limit = _count_lines(function), _limit_lines(source, function)
    if lines > limit:
        yield f"{place}: {lines} lines, limit {limit}"
    nesting = max((_depth(node) for node in function.body), default=0)
    if nesting > NESTING:
        yield f"{place}: nesting {nesting}, limit {NESTING}"


def _count_lines(function: Function) -> int:
    """Count from `def` to the end: neither decorators (the rows of a test) nor the docstring."""
    match function.body[0]:
        case ast.Expr(value=ast.Constant(value=str())) as docstring:
            described = _span(docstring)
        case _:
            described = 0
    return _span(function) - described


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _limit_lines(source: Source, function: Function) -> int:
    if source.room == "components" and function.name == "__init__":
        return CONSTRUCTOR_LINES
    if source.room == "tests" and function.name.startswith("test_"):
        return TEST_FUNCTION_LINES
    return FUNCTION_LINES


def _depth(node: ast.AST) -> int:
    """How deep blocks stand in each other; a function inside starts anew and is judged alone."""
    if isinstance(node, Function | ast.ClassDef):
        return 0
    own = int(isinstance(node, BLOCKS))
    otherwise = node.orelse if isinstance(node, ast.If) else []
    continued = otherwise[0] if len(otherwise) == 1 and isinstance(otherwise[0], ast.If) else None
    deepest = max(
        (_depth(child) for child in ast.iter_child_nodes(node) if child is not continued), default=0
    )
    # `elif` stands beside its `if`, not in it.
    return max(own + deepest, _depth(continued) if continued else 0)


def test_functions_and_modules_stay_within_their_limits() -> None:
    excesses = [line for source in read_sources() for line in find_excesses(source)]

    assert not excesses, "\n".join(excesses)


def _function(name: str, lines: int) -> str:
    return f"def {name}() -> None:\n" + "    work()\n" * (lines - 1)


NESTED = "def f():\n if a:\n  for b in c:\n   with d:\n    e()\n"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("plan/a.py", _function("f", 40), 0, id="a function at its limit"),
        pytest.param("plan/a.py", _function("f", 41), 1, id="a function over it"),
        pytest.param("components/a.py", _function("__init__", 50), 0, id="a constructor"),
        pytest.param("components/a.py", _function("__init__", 51), 1, id="a long constructor"),
        pytest.param("tests/a.py", _function("test_a", 30), 0, id="a test"),
        pytest.param("tests/a.py", _function("test_a", 31), 1, id="a long test"),
        pytest.param("plan/a.py", "a()\n" * 300, 0, id="a module at its limit"),
        pytest.param("plan/a.py", "a()\n" * 301, 1, id="a module over it"),
        pytest.param("plan/a.py", NESTED, 0, id="three blocks in each other"),
        pytest.param(
            "plan/a.py", NESTED.replace("e()", "try: e()\n    finally: f()"), 1, id="four"
        ),
        pytest.param(
            "plan/a.py", "def f():\n if a: b()" + "\n elif a: b()" * 4, 0, id="a row of elif"
        ),
        pytest.param(
            "plan/a.py", 'def f():\n    """' + "a\n" * 60 + '"""\n    a()', 0, id="a long docstring"
        ),
    ],
)
def test_a_limit_holds_from_the_first_line_over_it(path: str, text: str, expected: int) -> None:
    assert len(find_excesses(parse_source(PurePath(path), text))) == expected
