"""The stack's configuration as a program sees it, and the secrets beside it."""

from collections.abc import Callable
from typing import Any

import pytest

from components.description import (
    KUBECONFIG_KEY,
    PASSWORD_BITS,
    PASSWORD_KEY,
    estimate_bits,
    read_description,
    read_secrets,
)
from components.network import declare_network
from components.weave_cluster import fingerprint
from render.manifest import PASSWORD_ANNOTATION
from render.whole import render_network
from terms.problem import DescriptionError
from tests.components.recording import UNKNOWN, Recording, Secret, record
from tests.render.small_network import DESCRIPTION, plan_by_hand

REMOTE_COMMAND = "command:remote:Command"
CLUSTER: Any = DESCRIPTION["cluster"]


def read(config: dict[str, str], *secrets: str) -> dict[str, object]:
    """What the program reads of this configuration."""
    found: dict[str, object] = {}

    def program() -> dict[str, Any]:
        found.update(read_description())
        return {}

    record(program, config=config, secrets=secrets)
    return found


@pytest.mark.parametrize(
    ("config", "secrets", "description"),
    [
        pytest.param({"sites": '{"a": {"id": 1}}'}, [], {"sites": {"a": {"id": 1}}}, id="an area"),
        pytest.param({"flows": "[]"}, [], {"flows": []}, id="a list"),
        pytest.param({"sites": "hello"}, [], {"sites": "hello"}, id="a text that is no area"),
        pytest.param({"sitez": "{}"}, [], {"sitez": {}}, id="a key that nobody knows"),
        pytest.param({"kubeconfig": "x"}, ["kubeconfig"], {}, id="a secret is no description"),
        pytest.param({"kubeconfig": "x"}, [], {"kubeconfig": "x"}, id="a secret in clear is seen"),
    ],
)
def test_the_description_is_all_that_is_not_secret(
    config: dict[str, str], secrets: list[str], description: dict[str, object]
) -> None:
    assert read(config, *secrets) == description


def declare_with(
    weave: dict[str, object], config: dict[str, str], stdout: Callable[[str], str] | None = None
) -> Recording:
    """A network with these options of Weave Net, declared with the secrets it uses."""

    def program() -> dict[str, Any]:
        plan = plan_by_hand(cluster={**CLUSTER, "weave": weave})
        return declare_network(plan, render_network(plan), read_secrets(plan.network))

    return record(program, config=config, secrets=tuple(config), stdout=stdout)


def find_password(recording: Recording) -> Any:
    """What the cluster's Secret is to hold."""
    secret = recording.find("kubernetes:core/v1:Secret", "mini/kube-system/weave-passwd")
    return secret.inputs["stringData"]


def test_without_a_password_a_node_that_runs_the_api_makes_it_once_it_is_as_described() -> None:
    found = declare_with({"encryption": True}, {})
    made = found.find(REMOTE_COMMAND, "mini/password")
    connection = made.inputs["connection"].value

    assert (connection["host"], connection["proxy"]["host"]) == ("192.168.10.5", "192.168.10.1")
    assert made.parent == "la1r:network:WeaveCluster mini"
    assert made.after == {"command:local:Command home/server"}
    assert find_password(found) == Secret(UNKNOWN)


def test_a_password_that_a_node_made_stands_in_the_cluster_s_secret_alone() -> None:
    found = declare_with({"encryption": True}, {}, stdout=lambda name: f"printed by {name}\n")

    assert find_password(found) == Secret({"weave-passwd": "printed by mini/password"})
    assert repr(found).count("printed by mini/password") == 1


def note_of(recording: Recording) -> Any:
    """What the pods of routers have noted of their password; None where they have not."""
    routers = recording.find("kubernetes:apps/v1:DaemonSet", "mini/kube-system/weave-net")
    notes = routers.inputs["spec"]["template"]["metadata"].get("annotations", {})
    return notes.get(PASSWORD_ANNOTATION)


def test_the_pods_of_routers_note_which_password_they_have() -> None:
    one = declare_with({"encryption": True}, {PASSWORD_KEY: "hunter2-and-forty-more"})
    other = declare_with({"encryption": True}, {PASSWORD_KEY: "hunter3-and-forty-more"})

    assert note_of(one) == Secret(fingerprint("hunter2-and-forty-more", "mini"))
    assert note_of(one) != note_of(other)
    assert note_of(declare_with({"encryption": True}, {})) == Secret(UNKNOWN)
    assert note_of(declare_with({}, {})) is None


def test_what_is_noted_of_a_password_tells_little_of_it_and_depends_on_the_cluster() -> None:
    noted = fingerprint("hunter2-and-forty-more", "mini")

    assert len(noted) == 8
    assert noted == fingerprint("hunter2-and-forty-more", "mini")
    assert noted != fingerprint("hunter2-and-forty-more", "rave")


def test_a_password_that_a_node_makes_is_shown_nowhere_and_stays_on_the_node() -> None:
    made = declare_with({"encryption": True}, {}).find(REMOTE_COMMAND, "mini/password")

    assert {"stdout", "stderr"} <= made.secret_outputs
    assert made.inputs["logging"] == "none"
    assert made.inputs["addPreviousOutputInEnv"] is False
    assert (made.retained, "delete" in made.inputs) == (True, False)


@pytest.mark.parametrize(
    ("weave", "config"),
    [
        pytest.param({}, {}, id="no encryption"),
        pytest.param({"encryption": True}, {PASSWORD_KEY: "hunter2-and-forty-more"}, id="given"),
    ],
)
def test_no_node_makes_a_password_that_nothing_would_use(
    weave: dict[str, object], config: dict[str, str]
) -> None:
    names = {each.name for each in declare_with(weave, config).resources}

    assert "mini/password" not in names


def test_a_password_that_can_be_guessed_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(DescriptionError) as caught:
        declare_with({"encryption": True}, {PASSWORD_KEY: "hunter2"})

    (problem,) = caught.value.problems
    assert problem.code == "E-SEC-11"
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    ("password", "enough"),
    [
        pytest.param("aaaaaaaaaa", False, id="ten small letters"),
        pytest.param("aaaaaaaaaaa", True, id="eleven"),
        pytest.param("1234567890123456", True, id="sixteen digits"),
        pytest.param("aB3-aB3", False, id="seven of all kinds"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_password_is_measured_by_length_and_kinds_of_characters(
    password: str, enough: bool
) -> None:
    assert (estimate_bits(password) >= PASSWORD_BITS) is enough


def test_the_password_reaches_the_cluster_as_a_secret_alone() -> None:
    found = declare_with({"encryption": True}, {PASSWORD_KEY: "hunter2-and-forty-more"})
    secret = found.find("kubernetes:core/v1:Secret", "mini/kube-system/weave-passwd")

    assert secret.inputs["stringData"] == Secret({"weave-passwd": "hunter2-and-forty-more"})
    assert repr(found).count("hunter2-and-forty-more") == 1


def test_a_password_that_nothing_uses_goes_nowhere() -> None:
    assert "hunter2-and-forty-more" not in repr(
        declare_with({}, {PASSWORD_KEY: "hunter2-and-forty-more"})
    )


def test_a_kubeconfig_reaches_the_provider_as_a_secret_alone() -> None:
    found = declare_with({}, {KUBECONFIG_KEY: "who: am i"})

    assert found.find("pulumi:providers:kubernetes", "mini").inputs["kubeconfig"] == Secret(
        "who: am i"
    )
    assert repr(found).count("who: am i") == 1
