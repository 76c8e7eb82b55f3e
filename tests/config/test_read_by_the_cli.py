"""Holds our reading of a stack file to that of the Pulumi CLI, value by value."""

import json
import os
import subprocess
from pathlib import Path
from shutil import copy

import pytest

from config.stackfile import read_stack_text
from tests.config.test_scalars import READ
from tests.engine.cli_engine import needs_cli
from tests.source_tree import REPOSITORY

# A hyphen alone begins a list in a file.
SCALARS = [text for text, _ in READ if text != "-"]
TEXTS = {
    "scalars in a list": "config:\n  la1r:list:\n" + "".join(f"    - {one}\n" for one in SCALARS),
    "scalars alone": "config:\n"
    + "".join(f"  la1r:one-{number}: {one}\n" for number, one in enumerate(SCALARS)),
    "quotes, blocks, aliases and keys without a namespace": (
        "config:\n  la1r:words: ['010', \"off\", \"\\u00fc\", 'it''s']\n"
        "  la1r:block:\n    folded: >\n      one\n      two\n    kept: |\n      one\n\n      two\n"
        "  la1r:again: [&n {a: 1}, *n]\n  alone: 5\n  other:key: true\n  la1r:empty: {}\n"
    ),
    **{
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(REPOSITORY.glob("Pulumi.*.yaml"))
    },
}


def read_by_the_cli(text: str, folder: Path) -> dict[str, str]:
    """What `pulumi config` shows of a stack file with this text."""
    (folder / "state").mkdir()
    copy(REPOSITORY / "Pulumi.yaml", folder / "Pulumi.yaml")
    (folder / "Pulumi.asked.yaml").write_text(text, encoding="utf-8")
    environment = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PULUMI_BACKEND_URL": f"file://{folder}/state",
        "PULUMI_CONFIG_PASSPHRASE": "example",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    shown = ""
    for words in (["stack", "init"], ["config", "--json", "--stack"]):
        command = ["pulumi", "--non-interactive", *words, "asked"]
        shown = subprocess.run(
            command, cwd=folder, env=environment, check=True, capture_output=True, text=True
        ).stdout
    return {key: entry["value"] for key, entry in json.loads(shown).items()}


@needs_cli
@pytest.mark.slow
@pytest.mark.cli_engine
@pytest.mark.parametrize("name", TEXTS)
def test_the_cli_reads_the_same_in_a_stack_file(name: str, tmp_path: Path) -> None:
    ours = read_stack_text(TEXTS[name], "Pulumi.asked.yaml")

    assert ours.problems == ()
    assert dict(ours.config) == read_by_the_cli(TEXTS[name], tmp_path)
