"""The cluster that tests run against: the lab's own, or one that somebody named for it."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml

from engine.cluster.access import Access
from engine.cluster.objects import Manager, Objects
from engine.cluster.refusals import UnknownKindError
from engine.values import Properties
from lab.apiserver.custom_kinds import NAMESPACE as METALLB
from lab.apiserver.custom_kinds import find_definitions, install_definitions
from lab.apiserver.programs import find_programs
from lab.apiserver.server import ApiServer, run_api_server
from lab.errors import LabError, LabUnavailableError

# Never KUBECONFIG itself: that is somebody's real cluster, and tests make and delete objects.
KUBECONFIG_VARIABLE = "LA1R_TEST_KUBECONFIG"


# A namespace goes in rounds of its controller, and a build machine has other things to do.
GONE_SECONDS = 180


def take_away(objects: Objects, documents: Iterable[Properties]) -> None:
    """Delete objects, and return when each is gone: the next test may make them again."""
    documents = list(documents)
    for document in documents:
        objects.delete(document, "Background")
    deadline = time.monotonic() + GONE_SECONDS
    while any(objects.read(document) is not None for document in documents):
        assert time.monotonic() < deadline, "objects of a test stay"
        time.sleep(0.1)


def named_kubeconfig() -> str | None:
    """The content of the kubeconfig that somebody gave for tests; None where nobody did."""
    given = os.environ.get(KUBECONFIG_VARIABLE)
    return Path(given).read_text(encoding="utf-8") if given else None


def prepare_named(kubeconfig: str) -> None:
    """Make MetalLB's kinds known to a cluster that somebody named, where it knows none of them."""
    objects = Access(kubeconfig).objects()
    with suppress(UnknownKindError):
        objects.find_kind("metallb.io/v1beta1", "IPAddressPool")
        return
    definitions = [yaml.safe_load(file.read_text()) for file in _find_definitions()]
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": METALLB}}
    for document in (*definitions, home):
        objects.apply(document, Manager("tests", force=True))


def _find_definitions() -> tuple[Path, ...]:
    try:
        return find_definitions()
    except LabError as error:
        pytest.skip(f"MetalLB's kinds cannot be had: {error}")


@contextmanager
def run_or_skip() -> Iterator[ApiServer]:
    """Run an API server of the lab that knows MetalLB's kinds; skip aloud where there is none."""
    try:
        programs = find_programs()
    except LabUnavailableError as error:
        pytest.skip(str(error))
    definitions = _find_definitions()
    with run_api_server(programs) as server:
        install_definitions(server.caller, definitions)
        yield server
