"""Dashboards of the repository's stacks and of a large network, drawn once and read back."""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import NamedTuple, TypedDict, cast

import pytest

from reach.evaluate import evaluate
from reach.model import Reach
from reach.portset import PortSet, read_ports
from render.whole import RenderedNetwork, render_network
from tests.views.drawings import LARGE, plan_named
from views.dashboard import Baseline, Pictures, draw_dashboard
from views.data import draw_data
from views.network import build_network_json
from views.technical import draw_technical

STACKS = ("dev", "lab", "prod")
# Evaluating the large network takes seconds.
every_network = pytest.mark.parametrize(
    "name", [*STACKS, pytest.param(LARGE, marks=pytest.mark.slow, id="large")]
)
every_stack = pytest.mark.parametrize("name", STACKS)


@cache
def rendered_named(name: str) -> RenderedNetwork:
    """Render a network."""
    return render_network(plan_named(name))


@cache
def reach_named(name: str) -> Reach:
    """Evaluate a network."""
    return evaluate(plan_named(name), rendered_named(name).manifests)


@cache
def page_of(name: str) -> str:
    """Draw the dashboard of a network that is compared with nothing."""
    return draw(name, None)


def draw(name: str, baseline: Baseline | None) -> str:
    """Draw the dashboard of a network."""
    plan, reach = plan_named(name), reach_named(name)
    document = build_network_json(plan, rendered_named(name), reach)
    pictures = Pictures(draw_technical(plan), draw_data(plan))
    return draw_dashboard(document, reach, pictures, baseline)


class Page(HTMLParser):
    """What stands in a page: tags with attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self.raw: list[str] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag."""
        self.tags.append((tag, dict(attrs)))
        self.raw = [] if tag in ("script", "style") else self.raw

    def handle_data(self, data: str) -> None:
        """Gather the text of a script or a style."""
        if self.raw is not None:
            self.raw.append(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the library's signature
        """Remember the text of a script or a style."""
        if self.raw is not None:
            self.texts.append((*self.tags[-1], "".join(self.raw)))
            self.raw = None

    def texts_in(self, tag: str) -> list[str]:
        """List the whole texts in tags of a name, in order; packed and plain data left out."""
        return [
            text for name, attributes, text in self.texts if name == tag and "id" not in attributes
        ]

    def part(self, name: str) -> str | None:
        """Read a part of the page that scripts read; None where it stands in the page itself."""
        for _, attributes, text in self.texts:
            if attributes.get("id") == f"{name}-text":
                packed = attributes["type"] == "application/zlib"
                return zlib.decompress(base64.b64decode(text)).decode() if packed else text
        return None


@cache
def read_page(name: str) -> Page:
    """Draw and read a page."""
    return Page(page_of(name))


def content_of(page: Page) -> dict[str, object]:
    """The network that a page holds."""
    content: dict[str, object] = json.loads(page.part("network") or "")
    return content


def picture_of(page: Page, text: str, name: str) -> str:
    """The picture that a page holds, packed or not."""
    packed = page.part(name)
    if packed is not None:
        return packed
    found = re.search(rf'<svg[^>]* id="{name}".*?</svg>', text, re.DOTALL)
    return found[0] if found else ""


class Cell(NamedTuple):
    """A cell of the matrix: a word, and numbers of ports, reasons, ways and stops."""

    verdict: str
    ports: int
    bare: int
    public: int
    why: list[int]
    ways: list[int]
    stops: list[int]


class Proofs(TypedDict):
    """The matrix as the page's scripts read it."""

    names: list[str]
    rows: list[list[int]]
    cells: list[list[object]]
    ways: list[list[int]]
    steps: list[list[str]]
    ports: list[list[str]]


class Matrix:
    """The matrix of a page, pair by pair."""

    def __init__(self, page: Page) -> None:
        self.raw = cast("Proofs", content_of(page)["proofs"])
        self.cells = [Cell(*cell) for cell in self.raw["cells"]]  # type: ignore[arg-type] # as it was written

    def pairs(self) -> Iterator[tuple[str, str, Cell]]:
        """List every pair of ends with its cell."""
        for source, row in zip(self.raw["names"], self.raw["rows"], strict=True):
            counts = zip(row[::2], row[1::2], strict=True)
            numbers = [number for count, number in counts for _ in range(count)]
            for target, number in zip(self.raw["names"], numbers, strict=True):
                yield source, target, self.cells[number]

    def ports(self, number: int) -> PortSet:
        """Read ports by their number."""
        return read_ports(self.raw["ports"][number])

    def way(self, number: int) -> tuple[PortSet, list[str]]:
        """Read the ports and the steps of a way."""
        ports, _, _, _, *steps = self.raw["ways"][number]
        return self.ports(ports), [" ".join(self.raw["steps"][step]) for step in steps]
