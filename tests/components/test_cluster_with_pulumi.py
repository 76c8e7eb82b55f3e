"""The Pulumi CLI takes over a cluster that the built-in engine has made."""

from pathlib import Path

import pytest

from tests.components.cluster_stack import DescribedStack, OnBuiltIn, OnPulumi
from tests.engine.cli_engine import needs_cli
from tests.engine.cli_stack import CliStack
from tests.engine.deployed import PASSPHRASE

pytestmark = [pytest.mark.slow, pytest.mark.cli_engine, needs_cli]


def test_the_cli_takes_over_what_the_built_in_engine_has_made(
    tmp_path: Path, kubeconfig: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    described = DescribedStack(tmp_path, kubeconfig, "dev")
    # A pod network with a password, so a state with a secret in it.
    described.change(lambda config: config["la1r:cluster"].update(weave={"encryption": True}))
    described.up()
    assert isinstance(described.engine, OnBuiltIn)
    cli = OnPulumi(CliStack(tmp_path, tmp_path / "home"))
    cli.take_over(described.engine.stack.state)
    described.engine = cli
    live = described.list_live()
    foreseen = cli.preview()
    done = described.up()

    assert live
    assert foreseen.ok, foreseen.told
    assert (foreseen.changes, done.changes) == ((), ())
    assert described.list_live() == live
    described.take_away()
    assert not [name for name, each in live.items() if described.objects.read(each)]
