"""Shows a whole network come to life, in the router lab, for whoever watches."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from lab.agent import run_agent
from lab.la1r import BENCH, describe_la1r
from lab.laboratory import run_lab
from lab.lockout import lock_out, read_deployed
from lab.machine import View
from lab.measuring import measure, table_lines
from lab.project import BENCH_HOSTS, OPERATOR, STACK, LabProject, open_project, take_off_bench
from lab.roadwarrior import CLIENTS, connect

ROUTER = "home/gateway"
ROUTER_MACHINE, ROUTER_ADDRESS = "home-gateway", "192.168.1.1"
# Short, because somebody waits for it here; a description has 60 s or more.
DEMONSTRATED_WINDOW = 15
BOLD, DIM, PLAIN = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


class DemonstrationError(Exception):
    """A step that did not do what it is there to show."""

    def __init__(self, step: str, said: str) -> None:
        super().__init__(f"{step} failed:\n{said}")
        self.step = step


def demonstrate() -> None:
    """Boot, preview, deploy, measure, lock out, and take everything down again."""
    began = time.monotonic()
    _title("Boot four sites, an internet, and people on the road")
    with run_lab(describe_la1r()) as lab, run_agent(lab.client_key) as agent:
        _say(f"{len(lab.machines)} machines, each with its own kernel network, disk and sshd;")
        _say(f"three of the four LANs are 192.168.1.0/24. {_since(began)}")
        with open_project(lab, agent) as project:
            _preview(project)
            _deploy(project)
            _travel(project)
            _measure(project)
            _lock_out(project)
        _title("Take everything down")
    _say(f"Nothing is left of it. The whole took {time.monotonic() - began:.0f} s.")


def _preview(project: LabProject) -> None:
    _title("Preview: what the network will be (la1r preview --stack lab)")
    shown = _run(project, "preview").rstrip().split("\n\n")
    print("\n\n".join(shown[-2:]))


def _deploy(project: LabProject) -> None:
    _title("Deploy it, from nothing (la1r up --stack lab)")
    _say("The home router forwards nothing yet. Devices for far sites lie on the operator's bench.")
    with _timed():
        _watch(project, "up", "--yes", "--engine", project.engine)
    _title("Deploy again: nothing to do")
    with _timed():
        print(_run(project, "up", "--yes", "--engine", project.engine).strip().splitlines()[-1])


def _travel(project: LabProject) -> None:
    _title("Take the prepared devices to their sites: from now on only the mesh reaches them")
    for device in BENCH_HOSTS:
        project.lab[device.replace("/", "-")].run("ip", "link", "delete", BENCH)
    project.change(take_off_bench)
    with _timed():
        _watch(project, "up", "--yes", "--engine", project.engine)
    for name in CLIENTS:
        connect(project, name)
    for machine in ("home-pc", "external-pc", "attic-tv", "home-printer"):
        leased = project.lab[machine].ask_for_address("eth0")
        _say(f"{machine} was leased {leased}")


def _measure(project: LabProject) -> None:
    _title("Who reaches whom: measured by packets, beside what was declared")
    cells = measure(project)
    for line in table_lines(cells):
        print(line)
    wrong = [pair for pair, cell in cells.items() if not cell.agrees]
    if wrong:
        names = ", ".join(f"{source.machine} -> {target.machine}" for source, target in wrong)
        raise DemonstrationError(
            "The measurement", f"packets did not do what was declared: {names}"
        )
    _say(f"{len(cells)} pairs, 4 probes each: packets did what was declared, every time.")


def _lock_out(project: LabProject) -> None:
    _title(f"A change that locks everybody out of {ROUTER}, who have {DEMONSTRATED_WINDOW} s")
    deployed = read_deployed(project.state_file, ROUTER)
    environment = {
        **project.surroundings,
        "LA1R_HOST": ROUTER_ADDRESS,
        "LA1R_PORT": "22",
        "LA1R_USER": "root",
        "LA1R_HOST_KEY": project.lab.host_keys[ROUTER_MACHINE],
        "LA1R_WINDOW": str(DEMONSTRATED_WINDOW),
        "LA1R_ADOPT": "no",
    }
    with _timed():
        done = project.lab[OPERATOR].try_run(
            str(project.folder / "devices" / "apply"),
            ROUTER,
            text=lock_out(deployed),
            seconds=120,
            view=View.NETWORK,
            environment=environment,
        )
    print(done.stderr.strip())
    if done.returncode != 1:
        raise DemonstrationError("The lock-out", done.stdout + done.stderr)
    print(_run(project, "up", "--yes", "--engine", project.engine).strip().splitlines()[-1])


# ---------------------------------------------------------------- the operator's command


def _run(project: LabProject, *arguments: str) -> str:
    done = project.la1r(*arguments)
    if done.returncode != 0:
        raise DemonstrationError(f"la1r {arguments[0]}", done.stdout + done.stderr)
    return done.stdout


def _watch(project: LabProject, verb: str, *options: str) -> None:
    """Run it with its progress in sight, and show of the rest what it came to."""
    words = [*project.lab[OPERATOR].enter(View.NETWORK), *project.words, verb, "--stack", STACK]
    done = subprocess.run(
        [*words, *options],
        stdout=subprocess.PIPE,
        text=True,
        env=project.surroundings,
        check=False,
    )
    if done.returncode != 0:
        raise DemonstrationError(f"la1r {verb}", done.stdout)
    print(done.stdout[done.stdout.rindex("\nResources:") :].partition("\n\n")[0].strip())


@contextmanager
def _timed() -> Iterator[None]:
    began = time.monotonic()
    yield
    _say(_since(began))


def _since(began: float) -> str:
    return f"({time.monotonic() - began:.1f} s)"


def _title(text: str) -> None:
    print(f"\n{BOLD}== {text}{PLAIN}", flush=True)


def _say(text: str) -> None:
    print(f"{DIM}{text}{PLAIN}", flush=True)
