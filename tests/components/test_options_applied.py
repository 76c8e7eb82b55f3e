"""Every option of a cluster and its tenants changed once, then what somebody did put right.

Each engine plays the same. What is done to which object stands in an expected file.
"""

import base64
from collections.abc import Callable
from itertools import pairwise

import pytest

from lab.project import BUILT_IN, PULUMI
from tests.components.cluster_options import MODELS, NOT_TRIED, OPTIONS
from tests.components.cluster_play import Played, comparable, play, uid_of
from tests.components.cluster_stack import ENGINES, PASSWORD, DescribedStack
from tests.engine.cli_engine import needs_cli
from tests.engine.deployed import PASSPHRASE
from tests.golden import CASES, Golden

slow = pytest.mark.slow
EXPECTED = "components/options.txt"


def test_no_option_is_left_out() -> None:
    options = {
        f"{of}.{field.alias or name}"
        for of, model in MODELS.items()
        for name, field in model.model_fields.items()
    }

    acts = (CASES / EXPECTED).read_text().splitlines()
    assert options - {*OPTIONS} == {*NOT_TRIED}
    assert {f"{name}:" for name in OPTIONS} <= {*acts}


Plays = Callable[[str], list[Played]]


@pytest.fixture(scope="module")
def plays(kubeconfig: str, tmp_path_factory: pytest.TempPathFactory) -> Plays:
    """What an engine did in each act; each plays once."""
    played: dict[str, list[Played]] = {}

    def of(engine: str) -> list[Played]:
        if engine not in played:
            folder = tmp_path_factory.mktemp("options")
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
                described = DescribedStack(folder, kubeconfig, "dev", engine)
                try:
                    played[engine] = [*play(described)]
                finally:
                    described.take_away()
        return played[engine]

    return of


@slow
def test_every_option_changes_only_what_it_is_about(plays: Plays, golden: Golden) -> None:
    lines = []
    for played in plays(BUILT_IN):
        done = sorted(f"  {operation} {name}" for operation, name in played.run.changes)
        lines += [f"{played.title}:", *(done or ["  nothing"])]

    golden(EXPECTED, "\n".join([*lines, ""]))


@slow
@pytest.mark.parametrize("engine", ENGINES)
def test_an_object_that_changes_is_the_same_one_as_before(plays: Plays, engine: str) -> None:
    for before, after in pairwise(plays(engine)):
        updated = [name for operation, name in after.run.changes if operation == "update"]

        assert {name: uid_of(after.live[name]) for name in updated} == {
            name: uid_of(before.live[name]) for name in updated
        }


@slow
@pytest.mark.parametrize("engine", ENGINES)
def test_what_somebody_did_is_put_right_and_nothing_else(plays: Plays, engine: str) -> None:
    played = {each.title: each for each in plays(engine)}
    right = comparable(played["flow.through"].live)
    for title in ("widened by somebody, put right", "deleted by somebody, put right"):
        assert comparable(played[title].live) == right


@slow
@pytest.mark.parametrize("engine", ENGINES)
def test_no_run_tells_the_password_and_no_state_keeps_it_in_clear(
    plays: Plays, engine: str
) -> None:
    told = "".join(each.run.told + each.run.everything + each.state for each in plays(engine))
    encoded = base64.b64encode(PASSWORD.encode()).decode()

    assert "weave-passwd" in told
    assert not [form for form in (PASSWORD, encoded) if form in told]


@slow
@pytest.mark.cli_engine
@needs_cli
def test_both_engines_do_the_same_and_leave_the_same_objects_after_each_act(plays: Plays) -> None:
    ours, theirs = plays(BUILT_IN), plays(PULUMI)

    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine.title, sorted(mine.run.changes)) == (other.title, sorted(other.run.changes))
        assert mine.kept == other.kept, mine.title
