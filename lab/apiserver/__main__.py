"""Builds or runs the API server: `python -m lab.apiserver build`, `up` or `check`."""

import argparse
import signal
import sys

from lab.apiserver.programs import ETCD, KUBERNETES, build_programs, find_programs, read_versions
from lab.apiserver.server import run_api_server
from lab.errors import LabError, LabUnavailableError

FINE, FAILED = 0, 1
RULE = "=" * 81


def main() -> int:
    """Do what the arguments say, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.apiserver", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="build what is missing, once; without Go, say so and go on")
    verbs.add_parser("up", help="run an API server until Ctrl-C")
    verbs.add_parser("check", help="say what is missing on this computer")
    match parser.parse_args().verb:
        case "build":
            return _build()
        case "up":
            return _up()
        case _:
            return _check()


def _build() -> int:
    try:
        find_programs()
    except LabUnavailableError:
        return _build_missing()
    return FINE


def _build_missing() -> int:
    """Tests go on without an API server, but never without a word."""
    versions = read_versions()
    print(
        f"Building what tests of the cluster need, once: Kubernetes {versions[KUBERNETES]} and "
        f"etcd {versions[ETCD]} from Go modules.\nTwo idle cores take about nine minutes.",
        flush=True,
    )
    try:
        build_programs()
    except LabError as error:
        print(f"{RULE}\n{error}", file=sys.stderr)
        print(f"Tests on a real API server WILL BE SKIPPED.\n{RULE}", file=sys.stderr)
    return FINE


def _up() -> int:
    # A polite kill takes it down as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with run_api_server(find_programs()) as server:
            print(f"An API server answers at {server.url}.\n")
            print(f"  export KUBECONFIG={server.folder / 'kubeconfig'}\n")
            print("The end of it: Ctrl-C", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("\nThe API server is down.")
    except LabError as error:
        print(error, file=sys.stderr)
        return FAILED
    return FINE


def _check() -> int:
    try:
        programs = find_programs()
    except LabUnavailableError as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"An API server can run here, from {programs.folder}.")
    return FINE


if __name__ == "__main__":
    sys.exit(main())
