"""The cluster that tests run against: the lab's own, or one that somebody named for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.apiserver.custom_kinds import find_definitions, install_definitions
from lab.apiserver.programs import find_programs
from lab.apiserver.server import ApiServer, run_api_server
from lab.errors import LabError, LabUnavailableError

# Never KUBECONFIG itself: that is somebody's real cluster, and tests make and delete objects.
KUBECONFIG_VARIABLE = "LA1R_TEST_KUBECONFIG"


def named_kubeconfig() -> str | None:
    """The content of the kubeconfig that somebody gave for tests; None where nobody did."""
    given = os.environ.get(KUBECONFIG_VARIABLE)
    return Path(given).read_text(encoding="utf-8") if given else None


@contextmanager
def run_or_skip() -> Iterator[ApiServer]:
    """Run an API server of the lab that knows MetalLB's kinds; skip aloud where there is none."""
    try:
        programs, definitions = find_programs(), find_definitions()
    except LabUnavailableError as error:
        pytest.skip(str(error))
    except LabError as error:
        pytest.skip(f"MetalLB's kinds cannot be had: {error}")
    with run_api_server(programs) as server:
        install_definitions(server.caller, definitions)
        yield server
