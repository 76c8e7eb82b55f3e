"""Compiled templates are kept, and never used for another template than their own."""

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from render.compiled import CompiledTemplates


def fill(folder: Path, text: str, recipe: str = "") -> str:
    """Fill a template in an environment of its own, as another run would."""
    kept = CompiledTemplates(folder, recipe)
    environment = Environment(
        loader=DictLoader({"name": text}), bytecode_cache=kept, autoescape=True
    )
    return environment.get_template("name").render(value=1)


@pytest.fixture(autouse=True)
def writing_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fill(tmp_path, "port {{ value }}")
    monkeypatch.setattr(Environment, "_generate", None)

    assert fill(tmp_path, "port {{ value }}") == first == "port 1"


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    fill(tmp_path, "port {{ value }}")

    assert fill(tmp_path, "range {{ value }}") == "range 1"


def test_a_template_is_compiled_anew_when_its_environment_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, "{{ value }}", "one way")
    monkeypatch.setattr(Environment, "_generate", None)

    with pytest.raises(TypeError):
        fill(tmp_path, "{{ value }}", "another way")


def test_nothing_is_kept_where_python_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert fill(tmp_path, "{{ value }}") == "1"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_no_loss(tmp_path: Path) -> None:
    assert fill(tmp_path / "is not there", "{{ value }}") == "1"


@pytest.mark.parametrize("length", [0, 5, 30, 60, 100])
def test_a_file_that_was_cut_off_is_written_anew(tmp_path: Path, length: int) -> None:
    fill(tmp_path, "{{ value }}")
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:length])

    assert fill(tmp_path, "{{ value }}") == "1"
    assert file.read_bytes() == whole
