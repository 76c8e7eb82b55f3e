"""Holds our reading of stack files to that of the Pulumi CLI, and faults of form to their place."""

import json
from pathlib import Path

import pytest

from config.stackfile import StackFile, read_stack_file, read_stack_text
from tests.golden import CASES

CLI_FILE = CASES / "stackfile" / "cli.yaml"
# Made by the loader of Pulumi 3.206 (sdk/go/common/workspace, LoadProjectStackBytes): for each key
# the text that a program gets, whether it is encrypted, and whether it is JSON.
CLI_READING = json.loads((CASES / "stackfile" / "cli.json").read_text())


@pytest.fixture(scope="module")
def cli_file() -> StackFile:
    return read_stack_file(CLI_FILE)


def test_all_keys_are_those_of_the_cli(cli_file: StackFile) -> None:
    assert set(cli_file.config) == set(CLI_READING)


@pytest.mark.parametrize("key", sorted(CLI_READING))
def test_a_value_means_what_it_means_to_the_cli(key: str, cli_file: StackFile) -> None:
    expected = CLI_READING[key]
    ours, theirs = cli_file.config[key], expected["value"]

    assert (json.loads(ours) == json.loads(theirs)) if expected["object"] else (ours == theirs)
    assert (key in cli_file.secret_keys) is expected["secure"]


def test_nothing_on_which_readers_agree_is_refused(cli_file: StackFile) -> None:
    assert [problem.code for problem in cli_file.problems] == ["E-SEC-03"]


def test_other_packages_and_secrets_are_no_part_of_the_description(cli_file: StackFile) -> None:
    others = {"context", "namespaces", "region", "secret"}

    assert not others & set(cli_file.areas)
    assert "bare" in cli_file.areas


def test_an_alias_is_the_value_of_its_anchor(cli_file: StackFile) -> None:
    assert cli_file.areas["alias"] == {"a": [1, "two"]}


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        pytest.param("la1r:sites.home.id", 4, 11, id="a scalar at its value"),
        pytest.param("la1r:sites.home", 3, 5, id="a mapping at its key"),
        pytest.param("la1r:sites.home.tags[1]", 5, 17, id="an item of a list"),
        pytest.param("la1r:sites.home.list[0].a", 7, 15, id="a value in an item"),
        pytest.param("la1r:sites.home.empty", 8, 7, id="nothing at its key"),
        pytest.param("la1r:sites.home.id.deeper", 4, 11, id="what is missing at what is around it"),
        pytest.param("la1r:flows[3].from", 1, 1, id="what is nowhere at the start"),
    ],
)
def test_a_path_is_found_where_it_is_written(path: str, line: int, column: int) -> None:
    text = (
        "config:\n"
        "  la1r:sites:\n"
        "    home:\n"
        "      id: 1\n"
        "      tags: [a, b]\n"
        "      list:\n"
        "        - {a: 5}\n"
        "      empty:\n"
    )

    position = read_stack_text(text, "Pulumi.x.yaml").positions.find(path)

    assert str(position) == f"Pulumi.x.yaml:{line}:{column}"


def test_a_key_can_be_found_apart_from_its_value() -> None:
    positions = read_stack_text("config:\n  la1r:sites: 5\n", "f").positions

    assert str(positions.find_key("la1r:sites")) == "f:2:3"
    assert str(positions.find("la1r:sites")) == "f:2:15"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.x.yaml"
    path.write_bytes(b"\xef\xbb\xbfconfig:\n  la1r:a: b\n")

    assert read_stack_file(path).config == {"la1r:a": "b"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"config: \xff\n", id="not UTF-8"),
        pytest.param("config:\n".encode("utf-16"), id="UTF-16"),
        pytest.param(None, id="no such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.x.yaml"
    if content is not None:
        path.write_bytes(content)

    assert [problem.code for problem in read_stack_file(path).problems] == ["E-YML-06"]


def test_aliases_of_aliases_end_before_memory_does() -> None:
    lines = ["  la1r:a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"  la1r:a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    text = "config:\n" + "\n".join(lines) + "\n"

    problems = read_stack_text(text, "f").problems

    assert [problem.code for problem in problems] == ["E-YML-01"]
