"""A network.json, its verdicts and two pictures -> one HTML file that needs nothing else."""

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from reach.model import Reach
from views.dashboard.changes import Baseline
from views.dashboard.content import write_content
from views.network import Document
from views.palette import dark_colours, light_colours, write_style

HERE = Path(__file__).parent
TEMPLATE = "page.html.j2"
# In the order in which they are read: each uses what those before it define.
SCRIPTS = (
    "base.js",
    "state.js",
    "ports.js",
    "things.js",
    "search.js",
    "proofs.js",
    "ways.js",
    "matrix_lines.js",
    "matrix.js",
    "question.js",
    "names.js",
    "camera.js",
    "pictures.js",
    "tables.js",
    "addresses.js",
    "tenants.js",
    "changes.js",
    "details.js",
    "keys.js",
    "main.js",
)
# Between the others and the last, on a page that shows what was read from devices.
LIVE_SCRIPT = "live.js"
STYLE = "page.css"
VIEWS = (
    ("technical", "Technical"),
    ("data", "Data"),
    ("reach", "Reachability"),
    ("addresses", "Addresses"),
    ("tenants", "Tenants"),
    ("changes", "Changes"),
)
LIVE_VIEW = ("live", "Live")
# Bytes of text that are put in as they are, for whoever reads the file itself; the rest is packed.
PLAIN_ROOM = 112_000
# Beyond this level of zlib nothing gets smaller that can be noticed, at three times the cost.
PACKING = 7
NETWORK = "network"


class Pictures(Struct, frozen=True):
    """The two pictures, as text of their SVG files."""

    technical: str
    data: str


class _Part(Struct, frozen=True):
    """Text that scripts read, but no browser runs."""

    id: str
    type: str
    text: str


def draw_dashboard(
    document: Document,
    reach: Reach,
    pictures: Pictures,
    baseline: Baseline | None = None,
    live: str | None = None,
) -> str:
    """Write the page; the same network and baseline give the same bytes.

    `live` names a file beside the page from which it shows facts; without one it loads nothing.
    """
    technical, first = _part_style(pictures.technical)
    data, second = _part_style(pictures.data)
    drawn = {"technical": technical, "data": data}
    style, script = _style() + first + second, _script(with_live=live is not None)
    texts = {"network": write_content(document, reach, baseline), **drawn}
    plain = _choose_plain(texts)
    return _page_writer()(
        domain=str(document["domain"]),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        views=(*VIEWS, LIVE_VIEW) if live else VIEWS,
        live=live,
        pictures=[(view, drawn[view] if view in plain else "") for view in drawn],
        parts=list(_embed(texts, plain)),
    )


@cache
def _page_writer() -> Callable[..., str]:
    """Load the template once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from render.compiled import CompiledTemplates

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FileSystemLoader(HERE),
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates.beside(__file__),
    )
    return environment.get_template(TEMPLATE).render


def _choose_plain(texts: dict[str, str]) -> frozenset[str]:
    """The smallest texts, as far as there is room for them."""
    chosen, room = set(), PLAIN_ROOM
    for name, text in sorted(texts.items(), key=lambda item: (len(item[1]), item[0])):
        room -= len(text.encode())
        if room >= 0:
            chosen.add(name)
    return frozenset(chosen)


def _embed(texts: dict[str, str], plain: frozenset[str]) -> Iterator[_Part]:
    """Put in what scripts read: the network, and what is packed."""
    for name, text in texts.items():
        if name not in plain:
            packed = base64.b64encode(zlib.compress(text.encode(), PACKING)).decode()
            yield _Part(f"{name}-text", "application/zlib", packed)
        elif name == NETWORK:
            # HTML ends a script at `</`, and reads `<!--` in it too (HTML 4.12.1.3).
            yield _Part(f"{name}-text", "application/json", text.replace("<", "\\u003c"))


def _part_style(picture: str) -> tuple[str, str]:
    """Part a picture and its own style: the page has the common one, with its hash, once."""
    head, _, rest = picture.partition("<style>")
    style, _, tail = rest.partition("</style>")
    return head + tail, style.removeprefix(write_style())


@cache
def _script(*, with_live: bool) -> str:
    """All scripts as one, without comments and indentation: they are read in the package."""
    *first, last = SCRIPTS
    names = (*first, LIVE_SCRIPT, last) if with_live else SCRIPTS
    texts = ((HERE / name).read_text(encoding="utf-8") for name in names)
    lines = (line.strip() for text in texts for line in text.splitlines())
    kept = "\n".join(line for line in lines if line and not line.startswith(("//", "/**")))
    return f'(() => {{\n"use strict";\n{kept}\n}})();\n'


@cache
def _style() -> str:
    """The style of the pictures, then the page's own, then the colours that a switch forces."""
    light, dark = _variables(light_colours().items()), _variables(dark_colours().items())
    schemes = [
        f":root{{{light}}}",
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}",
        f':root[data-theme="light"],:root[data-theme="light"] .la1r{{{light}}}',
        f"@media screen{{:root[data-theme=dark],:root[data-theme=dark] .la1r{{{dark}}}}}",
    ]
    lines = (HERE / STYLE).read_text(encoding="utf-8").splitlines()
    own = "\n".join(line.strip() for line in lines if line and not line.startswith("/*"))
    return "\n".join([write_style(), *schemes, own])


def _variables(colours: Iterable[tuple[str, str]]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours)


def _hash(text: str) -> str:
    """A source of the content security policy (CSP Level 3, 2.3.1) that allows just this text."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
