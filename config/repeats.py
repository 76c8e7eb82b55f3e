"""Values with their paths -> those that were written before, with the first place of each."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

Value = TypeVar("Value", bound=Hashable)


def find_repeats(values: Iterable[tuple[Value, str]]) -> Iterator[tuple[Value, str, str]]:
    """List each value that stands at a second path, with that path and the first one."""
    first: dict[Value, str] = {}
    for value, path in values:
        other = first.setdefault(value, path)
        if other != path:
            yield value, path, other
