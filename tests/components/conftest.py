"""The small network, declared once as a preview and once as a deployment."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.description import Secrets
from components.network import declare_network
from render.whole import render_network
from tests.components.recording import Recording, record
from tests.render.small_network import plan_by_hand


def declare_small_network() -> Mapping[str, Any]:
    """Declare the network that is planned by hand."""
    plan = plan_by_hand()
    return declare_network(plan, render_network(plan), Secrets())


@pytest.fixture(scope="session")
def previewed() -> Recording:
    """The network as a preview declares it: nothing that a device makes is known."""
    return record(declare_small_network)


@pytest.fixture(scope="session")
def deployed() -> Recording:
    """The network as a deployment declares it: each command prints its own name."""
    return record(declare_small_network, stdout=lambda name: f"printed by {name}\n")
