"""Runs the lab from the command line: `python -m lab show`, `up`, `sweep` or `check`."""

import argparse
import signal
import sys
import time

from lab.demands import find_lacks
from lab.demonstration import DemonstrationError, demonstrate
from lab.errors import LabError
from lab.la1r import describe_la1r
from lab.laboratory import Lab, run_lab
from lab.slot import sweep

FINE, FAILED, INTERRUPTED = 0, 1, 130


def main() -> int:
    """Do what the arguments say, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("show", help="deploy the stack lab to it, measure, lock out, take down")
    verbs.add_parser("up", help="boot the la1r lab and keep it until Ctrl-C")
    verbs.add_parser("sweep", help="remove what labs left behind whose maker is dead")
    verbs.add_parser("check", help="say what is missing on this computer")
    match parser.parse_args().verb:
        case "show":
            return _show_all()
        case "up":
            return _up()
        case "sweep":
            return _sweep()
        case _:
            return _check()


def _show_all() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        demonstrate()
    except KeyboardInterrupt:
        print("\nThe lab is down.")
        return INTERRUPTED
    except (LabError, DemonstrationError) as error:
        print(error, file=sys.stderr)
        return FAILED
    return FINE


def _up() -> int:
    began = time.monotonic()
    # A polite kill takes the lab down as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with run_lab(describe_la1r()) as lab:
            print(f"{len(lab.machines)} machines up in {time.monotonic() - began:.1f} s.\n")
            _show(lab)
            signal.pause()
    except KeyboardInterrupt:
        print("\nThe lab is down.")
    except LabError as error:
        print(error, file=sys.stderr)
        return FAILED
    return FINE


def _show(lab: Lab) -> None:
    for name, machine in lab.machines.items():
        places = ", ".join(
            f"{plugged.name} {' '.join(map(str, plugged.addresses)) or 'DHCP'}"
            for plugged in machine.description.interfaces
        )
        print(f"  {name:18} {lab.management_address(name) or '-'!s:<14} {places}")
    name, machine = next(iter(lab.machines.items()))
    managed = next(name for name in lab.machines if lab.management_address(name))
    print(f"\nA shell by SSH:        ssh -F {lab.ssh_config} {managed}")
    print(f"A shell on any machine: {' '.join(machine.enter())} sh   # this is {name}")
    print("The end of the lab:    Ctrl-C", flush=True)


def _sweep() -> int:
    try:
        swept = sweep()
    except PermissionError as error:
        print(f"Only root can remove labs ({error}).", file=sys.stderr)
        return FAILED
    print(f"Removed: lab {', '.join(map(str, swept))}" if swept else "Nothing to remove.")
    return FINE


def _check() -> int:
    lacks = find_lacks()
    for lack in lacks:
        print(lack, file=sys.stderr)
    if not lacks:
        print("A lab can run here.")
    return FAILED if lacks else FINE


if __name__ == "__main__":
    sys.exit(main())
