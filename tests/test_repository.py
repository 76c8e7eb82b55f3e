"""Holds tracked text to what is the same on every machine, and waivers to a reason."""

import io
import re
import subprocess
import tokenize
from functools import cache
from pathlib import Path
from shutil import which

import pytest

from tests.source_tree import REPOSITORY, read_sources

# A path from the root of one machine; `site/home/lan` is none, nor are programs in an image.
MACHINE_PATH = re.compile(r"(?<![\w.)}\]*>-])/(?:work|root|home(?!/weave/)|Users|opt/wheels)/")
PACKAGE_INDEX = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|^\s*--(?:extra-)?index-url|^\s*--find-links"
    r"|^\s*--trusted-host",
    re.MULTILINE,
)
WAIVER = re.compile(
    r"#\s*(?P<kind>noqa|type: ignore|pyright: ignore|fmt: \w+|mypy: \S+|ruff: noqa|pragma: \w+)"
    r"(?P<codes>(?::\s*|\[)?[A-Za-z0-9, -]*?\d+\b[A-Z0-9, ]*|\[[a-z, -]+\])?"
    r"(?P<reason>.*)"
)
# A limit that can be waived is no limit: a function over it is divided.
LIMITS = re.compile(r"C901|PLR09\d\d|PLR1702")
REASON_WORDS = 3
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==\S+ \\\n    --hash=sha256:", re.MULTILINE)


@cache
def read_tracked() -> dict[str, str]:
    """Read the text of every file that git keeps, by its path."""
    listed = subprocess.run(
        # A clone that belongs to another user is fine to read.
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [name for name in listed.split("\0") if name and (REPOSITORY / name).is_file()]
    return {
        name: (REPOSITORY / name).read_text(encoding="utf-8", errors="replace") for name in paths
    }


def _find(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1} {found.group().strip()}"
        for name, text in read_tracked().items()
        for found in pattern.finditer(text)
    ]


def is_waiver_with_reason(comment: str) -> bool:
    """Say whether a comment that waives a check also says why, and waives no limit."""
    waivers = list(WAIVER.finditer(comment))
    reason = waivers[-1]["reason"] if waivers else ""
    return len(re.findall(r"[A-Za-z]{2,}", reason)) >= REASON_WORDS and not LIMITS.search(comment)


def test_no_tracked_file_names_a_path_of_one_machine() -> None:
    assert not _find(MACHINE_PATH)


def test_no_tracked_file_names_a_package_index() -> None:
    assert not _find(PACKAGE_INDEX)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("cd /{}/someone", True, id="a command"),
        pytest.param('"/{}/someone"', True, id="in quotes"),
        pytest.param("sites/{}/lan", False, id="inside a relative path"),
        pytest.param("{{stack}}/{}/lan", False, id="after a placeholder"),
    ],
)
def test_a_machine_path_starts_at_the_root(text: str, found: bool) -> None:
    assert bool(MACHINE_PATH.search(text.format("home"))) is found


def test_every_waiver_has_a_reason_on_its_line() -> None:
    bare = [
        f"{source.path}:{token.start[0]} {token.string}"
        for source in read_sources()
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline)
        if token.type == tokenize.COMMENT
        and WAIVER.search(token.string)
        and not is_waiver_with_reason(token.string)
    ]

    assert not bare, "\n".join(bare)


@pytest.mark.parametrize(
    ("comment", "accepted"),
    [
        pytest.param("# {}: S603 - the list is fixed above", True, id="code and reason"),
        pytest.param("# {}: S603, S607 the list is fixed above", True, id="two codes"),
        pytest.param("# {}: S603", False, id="a code alone"),
        pytest.param("# {}", False, id="nothing but the waiver"),
        pytest.param("# {}: PLR0913 - there are really very many", False, id="a limit"),
        pytest.param("# type: ignore[no-any-return]", False, id="a type alone"),
        pytest.param("# type: ignore[misc]  # the stub is wrong", True, id="a type with a reason"),
    ],
)
def test_a_waiver_is_accepted_for_a_reason_alone(comment: str, accepted: bool) -> None:
    assert is_waiver_with_reason(comment.format("noqa")) is accepted


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_wanted_library_is_pinned_with_its_hash(name: str) -> None:
    lines = (REPOSITORY / f"{name}.in").read_text().splitlines()
    wanted = {re.split(r"[<>=~!]", line)[0] for line in lines if line and line[0] not in "#-"}
    pinned = set(PINNED.findall((REPOSITORY / f"{name}.txt").read_text()))

    assert {library.lower().replace(".", "-") for library in wanted} <= pinned


@pytest.mark.slow
@pytest.mark.skipif(which("shellcheck") is None, reason="shellcheck not installed")
def test_shell_scripts_have_no_known_mistakes() -> None:
    scripts = [name for name, text in read_tracked().items() if _is_shell(text)]

    run = subprocess.run(
        ["shellcheck", "--external-sources", *scripts],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout


def _is_shell(text: str) -> bool:
    return re.match(r"#!.*\b(?:ba|da)?sh\b", text) is not None


def test_scripts_that_are_run_by_name_may_be_run() -> None:
    scripts = [name for name, text in read_tracked().items() if text.startswith("#!")]

    assert not [name for name in scripts if not Path(REPOSITORY, name).stat().st_mode & 0o100]
