"""Reads the repository's Python files into syntax trees, once, for tests about the code itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath

REPOSITORY = Path(__file__).parent.parent

# Folders with Python in them that are no room of the product.
BESIDE_THE_ROOMS = frozenset({"bench", "docs", "tests"})
NOT_OURS = frozenset({"build", "out"})


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the repository's root, its text and its tree."""

    path: PurePath
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The top-level folder, or the file's own name at the root."""
        return self.path.parts[0].removesuffix(".py")

    @property
    def module(self) -> str:
        """The name under which the file is imported."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, with the line that imports it."""

    module: str
    line: int

    @property
    def top(self) -> str:
        """The first part of the dotted name."""
        return self.module.partition(".")[0]


def parse_source(path: PurePath, text: str) -> Source:
    """Turn the text of a file into a source."""
    return Source(path, text, ast.parse(text, filename=str(path)))


@cache
def read_sources() -> tuple[Source, ...]:
    """Read every Python file of the repository, sorted by path."""
    return tuple(
        parse_source(path.relative_to(REPOSITORY), path.read_text(encoding="utf-8"))
        for path in sorted(_python_files())
    )


def _python_files() -> Iterator[Path]:
    yield from REPOSITORY.glob("*.py")
    for folder in REPOSITORY.iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in NOT_OURS:
            yield from folder.rglob("*.py")


def list_imports(source: Source) -> Iterator[Import]:
    """List what a file imports anywhere: in functions and under TYPE_CHECKING too."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                yield from (Import(name.name, node.lineno) for name in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from (Import(f"{module}.{name.name}", node.lineno) for name in names)
            case ast.ImportFrom():
                yield Import(source.module, node.lineno)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield Import(module, node.lineno)
