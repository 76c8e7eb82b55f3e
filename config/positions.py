"""Paths of a description -> where they stand in the file."""

from collections.abc import Mapping

from msgspec import Struct

from terms.problem import Position, Problem

# Line and column from 0, as the parser counts.
Mark = tuple[int, int]


def join_path(parent: str, step: str | int) -> str:
    """Extend a path as a user would write it: `la1r:flows[2].from`."""
    if isinstance(step, int):
        return f"{parent}[{step}]"
    return f"{parent}.{step}" if parent else step


def is_within(path: str, ancestor: str) -> bool:
    """Say whether a path is another one or lies inside it."""
    return path == ancestor or path.startswith((f"{ancestor}.", f"{ancestor}["))


class Positions(Struct, frozen=True):
    """Where the keys and the values of a file stand, by path."""

    file: str
    keys: Mapping[str, Mark]
    values: Mapping[str, Mark]

    def find(self, path: str) -> Position:
        """Find where a path stands, or the nearest record around it that is written."""
        while path and path not in self.values:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self._position(self.values.get(path, (0, 0)))

    def find_key(self, path: str) -> Position:
        """Find where the key of a path stands, or its value where it has no key."""
        return self._position(self.keys[path]) if path in self.keys else self.find(path)

    def place(self, problem: Problem) -> Problem:
        """Add the position to a problem that has none."""
        return problem if problem.position else problem.at(self.find(problem.path))

    def _position(self, mark: Mark) -> Position:
        return Position(self.file, mark[0] + 1, mark[1] + 1)
