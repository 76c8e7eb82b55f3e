"""Values of a parsed JSON document -> values of the form they must have."""

from collections.abc import Mapping, Sequence

Fields = Mapping[str, object]


class RecordFormError(Exception):
    """A document is no network.json of a form that is understood; it carries the reason."""


def items(fields: Fields, key: str) -> Sequence[Fields]:
    """The mappings in a list; raises RecordFormError where it is none."""
    found = fields.get(key)
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise RecordFormError(f"`{key}` is no list")
    for item in found:
        if not isinstance(item, Mapping):
            raise RecordFormError(f"`{key}` holds something that is no mapping")
    return found


def part(fields: Fields, key: str) -> Fields:
    """A mapping in a mapping; raises RecordFormError where it is none."""
    found = fields.get(key)
    if not isinstance(found, Mapping):
        raise RecordFormError(f"`{key}` is no mapping")
    return found


def text(fields: Fields, key: str) -> str:
    """A text; raises RecordFormError where it is none."""
    found = fields.get(key)
    if not isinstance(found, str):
        raise RecordFormError(f"`{key}` is no text")
    return found


def texts(fields: Fields, key: str) -> tuple[str, ...]:
    """The texts in a list; raises RecordFormError where one is none."""
    found = fields.get(key)
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise RecordFormError(f"`{key}` is no list")
    if not all(isinstance(item, str) for item in found):
        raise RecordFormError(f"`{key}` holds something that is no text")
    return tuple(found)
