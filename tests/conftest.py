"""Fixtures and habits every test shares: expected files, skips counted aloud, nothing left out."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.golden import Golden

if TYPE_CHECKING:
    from lab.apiserver.server import ApiServer

READ_CASES: pytest.StashKey[set[Path]] = pytest.StashKey()
COLLECTED: pytest.StashKey[set[Path]] = pytest.StashKey()

# Last, because it looks at what all other tests have read.
ORPHANS_TEST = "test_every_file_under_cases_is_read_by_a_test"

settings.register_profile("local", deadline=None)
# A build repeats the same examples, so that it turns red by a change and never by chance.
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build" if os.environ.get("CI") else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that `make golden` uses."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite expected files instead of comparing"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Note every file under tests/cases that is opened, from collection to the last test."""
    read: set[Path] = set()
    config.stash[READ_CASES] = read

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and "cases" in (name := str(arguments[0])):
            read.add(Path(name).absolute())

    sys.addaudithook(note)
    # A shell starts what it puts into the background with interrupts ignored, and children inherit
    # that: what is tested to end by an interrupt could not.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note the collected files, and leave out what this run was not asked for."""
    config.stash[COLLECTED] = {item.path for item in items}
    if config.getoption("update_golden"):
        _keep(config, items, [item for item in items if "golden" in _fixtures(item)])
        return
    orphans = [item for item in items if item.name == ORPHANS_TEST]
    others = [item for item in items if item.name != ORPHANS_TEST]
    _keep(config, items, others + (orphans if _is_whole_run(config) else []))


def _keep(config: pytest.Config, items: list[pytest.Item], kept: list[pytest.Item]) -> None:
    chosen = set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = kept


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


def _is_whole_run(config: pytest.Config) -> bool:
    narrowed = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "maxfail")
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not any(
        config.getoption(name, default=None) for name in narrowed
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count skipped tests by their reason, so that none is left out quietly."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not reasons:
        return
    terminalreporter.section("tests that did NOT run", yellow=True, bold=True)
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"SKIPPED {count}: {reason}", yellow=True, bold=True)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    match report.longrepr:
        case (_, _, str(text)):
            return text.removeprefix("Skipped: ")
        case other:
            return str(other)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with an expected file: `golden("linux/home.nft", text)`."""
    return Golden(update=bool(request.config.getoption("update_golden")))


@pytest.fixture
def read_cases(request: pytest.FixtureRequest) -> frozenset[Path]:
    """Give the files under tests/cases that were opened in this run, up to now."""
    read: set[Path] = request.config.stash[READ_CASES]
    return frozenset(read)


@pytest.fixture
def collected_files(request: pytest.FixtureRequest) -> frozenset[Path]:
    """Give the test files in which this run found at least one test, chosen or not."""
    collected: set[Path] = request.config.stash[COLLECTED]
    return frozenset(collected)


@pytest.fixture(scope="session")
def api_server() -> Iterator["ApiServer"]:
    """Run one API server for all tests that leave it as they found it."""
    from tests.cluster_under_test import run_or_skip

    with run_or_skip() as server:
        yield server


@pytest.fixture(scope="session")
def kubeconfig(request: pytest.FixtureRequest) -> str:
    """Give the way to the cluster that was named for tests, else to the lab's API server."""
    from tests.cluster_under_test import named_kubeconfig, prepare_named

    named = named_kubeconfig()
    if named is not None:
        prepare_named(named)
        return named
    server: ApiServer = request.getfixturevalue("api_server")
    return server.kubeconfig()
