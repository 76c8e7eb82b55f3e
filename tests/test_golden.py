"""Tests of the comparison with expected files itself: it must be able to fail."""

from pathlib import Path

import pytest

from tests.golden import Golden


def test_an_expected_file_that_is_missing_fails(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="is missing"):
        Golden(update=False)(tmp_path / "absent.txt", "text")


def test_an_expected_file_that_differs_fails_with_the_difference(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("one\ntwo\n")

    with pytest.raises(pytest.fail.Exception, match=r"-two\n\+three"):
        Golden(update=False)(kept, "one\nthree\n")


def test_a_newline_at_the_end_makes_a_difference(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("one\n")

    with pytest.raises(pytest.fail.Exception, match="no newline at the end"):
        Golden(update=False)(kept, "one")


def test_an_update_writes_what_the_next_run_expects(tmp_path: Path) -> None:
    kept = tmp_path / "folder" / "kept.txt"

    Golden(update=True)(kept, "één\r\n")

    Golden(update=False)(kept, "één\r\n")
