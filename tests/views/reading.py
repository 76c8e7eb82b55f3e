"""Reads a picture back: which things of the plan it names, and what is written in it."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from plan.model import Plan
from tests.views.drawings import drawing_of
from views.svg import write_svg

Element = ET.Element
_SVG = "{http://www.w3.org/2000/svg}"


def read_picture(layout: str, name: str) -> Element:
    """Write a picture and read it as XML."""
    text = write_svg(drawing_of(layout, name))
    return ET.fromstring(text)  # noqa: S314 - the text was made two lines above


def values_of(root: Element, key: str) -> list[str]:
    """List the values of a data attribute."""
    return [value for element in root.iter() if (value := element.get(f"data-{key}")) is not None]


def words_of(root: Element, key: str) -> list[str]:
    """List the words of all values of a data attribute."""
    return [word for value in values_of(root, key) for word in value.split()]


def elements_of(root: Element, key: str, value: str) -> list[Element]:
    """List the elements with that data attribute."""
    return [element for element in root.iter() if element.get(f"data-{key}") == value]


def text_in(*elements: Element) -> str:
    """Join everything that is written in elements, titles left out."""
    return " ".join(text.text or "" for element in elements for text in element.iter(f"{_SVG}text"))


def devices_of(plan: Plan) -> list[str]:
    """List the devices of a plan as pictures name them."""
    return [
        f"{name}/{device}" for name, site in plan.network.sites.items() for device in site.devices
    ]


def links_of(plan: Plan) -> Iterator[str]:
    """List the cables and radio links of a plan as pictures name them."""
    for name, site in plan.network.sites.items():
        yield from (f"{name}/{cable.a}~{cable.b}" for cable in site.cables)
        yield from (f"{name}/{link.a}~{link.b}" for link in site.wireless)
