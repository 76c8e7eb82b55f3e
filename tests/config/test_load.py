"""Loading ends with a network or with problems, whatever the description is."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import ErrorDetails

from config.load import check_dates, check_description, load_network, load_stack
from config.network import Network
from config.site import Site
from config.stackfile import read_stack_file
from config.translate import translate
from terms.problem import DescriptionError, Problem, show
from tests.config.cases import BASE

SOUND = read_stack_file(BASE).areas
RECORD_KEYS = sorted({*Network.model_fields, *Site.model_fields, "cidr", "role", "from", "to"})

# 32 bytes in base64, as WireGuard writes keys.
KEY = "cGhvbmUgcHJpdmF0ZSBwcml2YXRlIHByaXZhdGUuLi4="

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["192.168.1.0/24", "10.0.0.1", "home", "home/gateway", "tcp/22", "iot"])
)
keys = st.sampled_from(RECORD_KEYS) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def problems_of(description: dict[str, object]) -> tuple[Problem, ...]:
    try:
        load_network(description)
    except DescriptionError as error:
        return error.problems
    return ()


@given(st.dictionaries(keys, values, max_size=5))
def test_garbage_is_refused_with_problems_and_nothing_else(description: dict[str, object]) -> None:
    if "sites" not in description:
        assert problems_of(description)
    for problem in problems_of(description):
        assert problem.path.startswith("la1r")


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else ()
    listed = enumerate(value) if isinstance(value, list) else ()
    below = [one for key, item in (*inner, *listed) for one in places(item, (*path, key))]
    return [path, *below] if path else below


PLACES = places(SOUND)


def replaced(value: object, path: tuple[str | int, ...], new: object) -> object:
    if not path:
        return new
    if isinstance(value, dict):
        return {k: replaced(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    assert isinstance(value, list)
    return [replaced(v, path[1:], new) if k == path[0] else v for k, v in enumerate(value)]


@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=3))
def test_a_sound_description_with_broken_places_never_ends_in_a_traceback(
    changes: list[tuple[tuple[str | int, ...], object]],
) -> None:
    description: object = SOUND
    for path, new in changes:
        if path in places(description):
            description = replaced(description, path, new)
    assert isinstance(description, dict)

    for problem in problems_of(description):
        assert problem.found
        assert problem.fix


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_a_wrong_type_anywhere_is_a_problem_of_that_place(path: tuple[str | int, ...]) -> None:
    description = replaced(SOUND, path, {"no such key": [None]})
    assert isinstance(description, dict)
    written = "la1r:" + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path)[1:]

    assert any(one.path.startswith(written) for one in problems_of(description)), written


def test_a_sound_description_is_a_network() -> None:
    network = load_network(SOUND)

    assert set(network.sites) == {"home", "barn"}


def test_the_order_of_records_does_not_change_the_problems() -> None:
    text = BASE.read_text().replace("      id: 2\n", "      id: 1\n").replace("phone", "phono", 1)
    description = read_areas(text)
    backwards = {
        key: dict(reversed(area.items())) if isinstance(area, dict) else area
        for key, area in reversed(description.items())
    }

    assert {one.code for one in problems_of(description)} == {
        one.code for one in problems_of(backwards)
    }


def read_areas(text: str) -> dict[str, object]:
    config = yaml.safe_load(text)["config"]
    return {key.removeprefix("la1r:"): area for key, area in config.items()}


def test_problems_are_sorted_by_path() -> None:
    found = problems_of({"sites": {"b": 1, "a": 2}, "cluster": 3, "flows": [4]})

    assert [one.path for one in found] == sorted(one.path for one in found)
    assert len(found) == len(["a", "b", "cluster", "flows"])


def test_warnings_stand_beside_a_sound_network(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.x.yaml"
    path.write_text(BASE.read_text().replace("mtu: 1368", "mtu: 1370"))

    assert [one.code for one in load_stack(path).warnings] == ["W-WEA-03"]


def test_what_the_models_may_refuse_in_future_is_still_a_problem() -> None:
    error = ErrorDetails(type="not yet known", loc=("sites", "home"), msg="", input=5)

    [problem] = translate([error], {})

    assert problem.code == "E-YML-22"
    assert problem.path == "la1r:sites.home"


@pytest.mark.parametrize(
    ("today", "codes"),
    [
        pytest.param(date(2030, 5, 30), [], id="31 days ahead"),
        pytest.param(date(2030, 5, 31), ["W-EXP-03"], id="30 days ahead"),
        pytest.param(date(2030, 6, 30), ["W-EXP-03"], id="the last day"),
        pytest.param(date(2030, 7, 1), ["W-EXP-02"], id="the day after"),
    ],
)
def test_an_expiry_is_noticed_by_the_day(today: date, codes: list[str]) -> None:
    warnings = check_dates(load_network(SOUND), today)

    assert [one.code for one in warnings] == codes


def test_dates_change_nothing_else() -> None:
    _, problems = check_description(SOUND)

    assert problems == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param("home", "'home'", id="text"),
        pytest.param("a\nb", "'a\\nb'", id="a line break"),
        pytest.param("x" * 100, "'" + "x" * 57 + "...'", id="a long text"),
        pytest.param(["secret"], "a list", id="a list"),
        pytest.param({"a": "secret"}, "a mapping", id="a mapping"),
        pytest.param(None, "nothing (null)", id="nothing"),
        pytest.param(True, "true", id="true"),
        pytest.param(10**400, "a very large number", id="a large number"),
        pytest.param(
            "cGhvbmUgcHJpdmF0ZSBwcml2YXRlIHByaXZhdGUuLi4=",
            "a text that looks like a key",
            id="a key",
        ),
        pytest.param("-----BEGIN PRIVATE KEY-----", "a text that looks like a key", id="PEM"),
        pytest.param(b"x", "a bytes", id="anything else"),
    ],
)
def test_a_value_is_shown_in_one_short_line_and_never_a_secret(value: object, shown: str) -> None:
    assert show(value) == shown
