"""A place in a description -> the model and the field it belongs to, asked when it is wrong."""

from collections.abc import Iterable, Sequence
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.network import Network

Step = str | int
# pydantic's mark for "the key itself is wrong".
KEY_MARK = "[key]"
# A link in its short form is a list; pydantic names the fields it was turned into.
SHORT_FORM = {"a": 0, "b": 1, "speed": 2, "kind": 2}


def written_steps(steps: Iterable[Step], description: object) -> tuple[Step, ...]:
    """Turn pydantic's steps to a value into those that the user wrote."""
    written: list[Step] = []
    here = description
    for step in steps:
        if step == KEY_MARK:
            continue
        short = isinstance(here, list | tuple)
        written.append(SHORT_FORM.get(str(step), step) if short else step)
        here = _enter(here, written[-1])
    return tuple(written)


def _enter(here: object, step: Step) -> object:
    if isinstance(here, dict):
        return here.get(step)
    if isinstance(here, list | tuple) and isinstance(step, int) and step < len(here):
        return here[step]
    return None


def find_model(steps: Sequence[Step]) -> type[BaseModel] | None:
    """Find the model of the record that stands at these steps; None where none does."""
    here: object = Network
    for step in steps:
        here = _follow(here, step)
    here = _plain(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def find_field(steps: Sequence[Step]) -> FieldInfo | None:
    """Find the field that the last step names; None where it names an entry or an item."""
    model = find_model(steps[:-1]) if steps else None
    return _fields(model).get(str(steps[-1])) if model else None


def field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """Name the fields of a record as a user writes them."""
    return tuple(_fields(model))


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _follow(annotation: object, step: Step) -> object:
    here = _plain(annotation)
    if isinstance(here, type) and issubclass(here, BaseModel):
        field = _fields(here).get(str(step))
        return field.annotation if field else None
    if get_origin(here) is dict:
        return get_args(here)[1]
    return get_args(here)[0] if get_origin(here) is tuple else None


def record_type(annotation: object) -> type[BaseModel] | None:
    """Find the model of the records that a field holds, be it one, a list or a mapping of them."""
    here = _plain(annotation)
    while get_origin(here) in (dict, tuple):
        here = _follow(here, 0)
        here = _plain(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _plain(annotation: object) -> object:
    """Take the marks off a type: `X | None` and `Annotated[X, ...]` are X."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not NoneType]
        annotation = parts[0]
    return annotation
