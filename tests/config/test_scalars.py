"""The table of plain scalars: which are refused, and how the others are read."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.scalars import Scalar, find_disagreement, read_plain

REFUSED = """\
y Y n N yes Yes YES no No NO on On ON off Off OFF oN
010 00 007 08 -010 +010 0_1 0o10 0O10 -0o7 0x10 0X1f 0b11 0B1 -0x1
1_000 1_ 1_0.5 -1_0 -_1 -_0x8 0_b1 1_e5
12:34:56 12:34:56:12:34:56 1:0 -1:30 190:20:30.15 01:30.5
2027-06-30 2027-6-3 2001-12-14t21:59:43.10-05:00
1e3 1E3 1.5e3 -1e-3 .5e1 1e1_0 12e03
.5 -.5 5. .5_0 .inf .Inf -.INF +.inf .nan .NaN .NAN
1234567890123456 -12345678901234567890
= << 0b-_1 0o-0
"""

READ: list[tuple[str, Scalar]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("NULL", None),
    ("true", True),
    ("FALSE", False),
    ("0", 0),
    ("42", 42),
    ("-7", -7),
    ("+5", 5),
    ("123456789012345", 123456789012345),
    ("1.5", 1.5),
    ("-0.25", -0.25),
    ("2.0", 2),
    ("00.5", 0.5),
    ("nUll", "nUll"),
    ("tRUE", "tRUE"),
    ("192.168.1.1", "192.168.1.1"),
    ("192.168.1.0/24", "192.168.1.0/24"),
    ("02:00:00:00:02:28", "02:00:00:00:02:28"),
    ("12:99:56", "12:99:56"),
    ("1G", "1G"),
    ("2.9.0", "2.9.0"),
    ("tcp/22", "tcp/22"),
    ("yesterday", "yesterday"),
    ("Norway", "Norway"),
    ("inf", "inf"),
    ("e1", "e1"),
    ("0x", "0x"),
    ("0bad", "0bad"),
    ("50centos", "50centos"),
    ("2027-06", "2027-06"),
    ("-", "-"),
    ("_1", "_1"),
]


@pytest.mark.parametrize("text", REFUSED.split())
def test_a_scalar_is_refused_that_readers_disagree_about(text: str) -> None:
    assert find_disagreement(text)


def test_a_point_in_time_with_a_space_is_refused() -> None:
    assert find_disagreement("2001-12-14 21:59:43")


@pytest.mark.parametrize(("text", "value"), READ)
def test_a_scalar_is_read_as_all_readers_do(text: str, value: Scalar) -> None:
    assert find_disagreement(text) is None
    assert read_plain(text) == value
    assert type(read_plain(text)) is type(value)


LETTERS = "0123456789+-._:xobeEtTyYnNfalsruinf~="


@given(st.text(LETTERS, min_size=1, max_size=8))
def test_what_is_not_refused_is_the_same_to_a_reader_of_yaml_1_1(text: str) -> None:
    if _is_plain(text) and find_disagreement(text) is None:
        assert yaml.safe_load(f"a: {text}\n")["a"] == read_plain(text)


def _is_plain(text: str) -> bool:
    try:
        events = list(yaml.parse(f"a: {text}\n"))
    except yaml.YAMLError:
        return False
    scalars = [event.value for event in events if isinstance(event, yaml.ScalarEvent)]
    return scalars == ["a", text]
