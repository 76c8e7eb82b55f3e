"""The text of a picture: well formed whatever is written in a description, and the same always."""

import ast
import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.network import Network
from plan.build import build_plan
from plan.model import Plan
from tests.golden import REPOSITORY, Golden
from tests.render.stacks import plan_of
from tests.views.drawings import LARGE, plan_named
from tests.views.networks import describe_network
from tests.views.odd_networks import HOSTILE
from tests.views.reading import read_picture
from views.data import draw_data
from views.drawing import Drawing, Group, Text
from views.metrics import PLAIN
from views.svg import write_svg
from views.technical import draw_technical

DRAW = {"technical": draw_technical, "data": draw_data}
every_layout = pytest.mark.parametrize("layout", DRAW)
# Of a picture; the budget of the page that holds both is 500 KB with everything else.
_LARGEST = 330_000


@given(text=st.text())
def test_any_text_is_well_formed_in_elements_and_attributes(text: str) -> None:
    group = Group((Text(0, 10, text, PLAIN),), (("name", text),), text)
    written = write_svg(Drawing("d", text, text, 100, 100, (group,)))

    root = ET.fromstring(written)  # noqa: S314 - the text was made one line above
    assert root.tag.endswith("svg")


@every_layout
def test_descriptions_stay_text(layout: str) -> None:
    root = read_picture(layout, "long names")

    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert HOSTILE.split()[0] in "".join(root.itertext())


@every_layout
def test_a_picture_loads_nothing(layout: str) -> None:
    text = DRAW[layout](plan_of("prod")).replace("http://www.w3.org/2000/svg", "")

    assert "://" not in text
    assert "url(" not in text.replace(f"url(#{layout}-arrow)", "")


@every_layout
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_committed_pictures_are_those_of_the_stacks(
    layout: str, stack: str, golden: Golden
) -> None:
    golden(REPOSITORY / "docs" / "pictures" / f"{stack}-{layout}.svg", DRAW[layout](plan_of(stack)))


_PRINT = """
import hashlib
from tests.render.stacks import plan_of
from views.data import draw_data
from views.technical import draw_technical
text = draw_technical(plan_of("prod")) + draw_data(plan_of("prod"))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.slow
def test_another_hash_seed_gives_the_same_bytes() -> None:
    seen = {
        subprocess.run(
            [sys.executable, "-c", _PRINT],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }

    assert len(seen) == 1


@every_layout
def test_the_order_of_a_description_does_not_matter(layout: str) -> None:
    description = describe_network(3, 30, 4)

    assert DRAW[layout](_plan(_reversed(description))) == DRAW[layout](_plan(description))


def _plan(description: object) -> Plan:
    return build_plan(Network.model_validate(description))


def _reversed(value: object) -> object:
    """The same with every mapping in the opposite order."""
    if isinstance(value, dict):
        return {key: _reversed(item) for key, item in reversed(value.items())}
    return value


@every_layout
def test_one_more_device_changes_the_order_of_nothing(layout: str) -> None:
    before, after = (DRAW[layout](_plan(describe_network(2, size, 3))) for size in (40, 41))
    known = set(_names(before))

    assert [name for name in _names(after) if name in known] == _names(before)


def _names(text: str) -> list[str]:
    root = ET.fromstring(text)  # noqa: S314 - the caller made the text
    keys = ("data-device", "data-site", "data-tenant", "data-prefix", "data-service")
    return [value for element in root.iter() for key in keys if (value := element.get(key))]


@every_layout
def test_the_picture_of_a_large_network_stays_small(layout: str) -> None:
    assert len(DRAW[layout](plan_named(LARGE)).encode()) < _LARGEST


def test_nothing_in_views_knows_which_day_it_is() -> None:
    clocks = {"time", "datetime", "random", "secrets", "uuid", "os", "platform", "locale"}
    found = {
        (str(path.relative_to(REPOSITORY)), name)
        for path in (REPOSITORY / "views").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(node)
    }

    assert not [(path, name) for path, name in found if name in clocks]
    assert ("views/svg.py", "views") in found


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]]
    return [alias.name.partition(".")[0] for alias in node.names]
