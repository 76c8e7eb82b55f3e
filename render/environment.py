"""Turns a template and its values into text; strict about what is undefined or not quoted."""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from render import quoting
from render.quoting import (
    HARMLESS,
    Form,
    require_written,
    write_device,
    write_interface,
    write_markdown,
    write_name,
    write_ports,
    write_sentence,
)

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def fill_template(name: str, **values: object) -> str:
    """Fill the template of that path under render/templates.

    Raises jinja2.UndefinedError for a value the template names and nobody gave, and
    UnwritableValueError for text that reaches the output through no filter.
    """
    return _environment().get_template(name).render(values)


@cache
def _environment() -> "Environment":
    # Loaded with the first text, because it takes as long as a small plan.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

    from render.compiled import CompiledTemplates

    def print_value(value: object) -> object:
        if isinstance(value, HARMLESS):
            return value
        # An undefined value complains by itself, with its name, as soon as it is printed.
        return value if isinstance(value, Undefined) else require_written(value)

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Router text is no HTML; `finalize` refuses text that no filter has passed.
        autoescape=False,  # noqa: S701 - the output is read by nft, dnsmasq and people
        finalize=print_value,
        auto_reload=False,
        bytecode_cache=CompiledTemplates.beside(__file__, quoting.__file__),
    )
    environment.filters.update(
        {
            "device": write_device,
            "interface": write_interface,
            "ports": write_ports,
            "sentence": write_sentence,
            "markdown": write_markdown,
        }
    )
    environment.filters.update({form.name.lower(): partial(write_name, form) for form in Form})
    return environment
