"""Property paths are parsed, matched and put back as the CLI does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.paths import Path, covers, join_path, parse_path, reset
from engine.values import Properties, Secret


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("a", ("a",), id="name"),
        pytest.param("a.b[0].c", ("a", "b", 0, "c"), id="names-and-index"),
        pytest.param('a["b.c"]', ("a", "b.c"), id="quoted"),
        pytest.param(r'["a \"b\""].c', ('a "b"', "c"), id="escaped-quotes"),
        pytest.param("a[*].b", ("a", "*", "b"), id="wildcard"),
        pytest.param("a-b.c/d", ("a-b", "c/d"), id="names-with-other-marks"),
        pytest.param("a.[0]", ("a", 0), id="dot-before-bracket"),
    ],
)
def test_a_path_is_parsed(text: str, path: Path) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize("text", [".a", "a.", "a[", "a[x]", 'a["b', "a[1"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no property path"):
        parse_path(text)


@given(
    st.lists(
        st.one_of(st.integers(0, 99), st.text(min_size=1).filter(lambda name: "\\" not in name)),
        min_size=1,
    )
)
def test_any_path_survives_being_joined_and_parsed(elements: list[str | int]) -> None:
    path = tuple(elements)

    assert parse_path(join_path(path)) == path


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        pytest.param("a", "a", True, id="itself"),
        pytest.param("a", "a.b", True, id="below"),
        pytest.param("a.b", "a", False, id="above"),
        pytest.param("a[*].c", "a[1].c.d", True, id="wildcard-for-index"),
        pytest.param("*", "a.b", True, id="wildcard-for-all"),
        pytest.param("a[0]", "a[1]", False, id="another-index"),
    ],
)
def test_a_path_covers_what_is_at_and_below_it(outer: str, inner: str, expected: bool) -> None:
    assert covers(parse_path(outer), parse_path(inner)) is expected


@pytest.mark.parametrize(
    ("path", "old", "new", "result", "possible"),
    [
        pytest.param("a", {"a": 1}, {"a": 2, "b": 3}, {"a": 1, "b": 3}, True, id="changed"),
        pytest.param("a", {}, {"a": 2}, {}, True, id="added-goes-away"),
        pytest.param("a", {"a": 1}, {}, {"a": 1}, True, id="removed-comes-back"),
        pytest.param("a.b", {"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}, True, id="nested"),
        pytest.param("a.b", {"a": {"b": 1}}, {}, {}, False, id="parent-gone"),
        pytest.param("a.b", {}, {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}, True, id="parent-new"),
        pytest.param("a[0]", {"a": [1]}, {"a": [2, 3]}, {"a": [1, 3]}, True, id="item"),
        pytest.param("a[1]", {"a": [1]}, {"a": [2, 3]}, {"a": [2, 3]}, False, id="item-added"),
        pytest.param("a[2]", {"a": [1]}, {"a": [2]}, {"a": [2]}, True, id="item-nowhere"),
        pytest.param("a[*]", {"a": [1]}, {"a": [2, 3]}, {"a": [1, 3]}, False, id="items-added"),
        pytest.param(
            "a[*].b",
            {"a": [{"b": 1}]},
            {"a": [{"b": 2}]},
            {"a": [{"b": 1}]},
            True,
            id="in-each-item",
        ),
        pytest.param("*", {"a": 1}, {"a": 2, "b": 3}, {"a": 1}, True, id="everything"),
        pytest.param(
            "a.b",
            {"a": Secret({"b": 1})},
            {"a": Secret({"b": 2, "c": 3})},
            {"a": Secret({"b": 1, "c": 3})},
            True,
            id="inside-a-secret",
        ),
    ],
)
def test_an_ignored_path_is_put_back(
    path: str, old: Properties, new: Properties, result: Properties, possible: bool
) -> None:
    assert reset(parse_path(path), old, new) == (result, possible)
