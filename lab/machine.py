"""Turns a description and a disk into a machine that runs, is entered, killed and booted again."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Interface
from pathlib import Path, PurePosixPath

from lab.cabling import Cabling
from lab.commands import (
    ENVIRONMENT,
    Completed,
    end_chain,
    read_line,
    run_command,
    start_command,
)
from lab.errors import BootError, CommandError, MachineDownError
from lab.topology import Machine

BOOT_SECONDS = 30
CONSOLE_TAIL = 2000
BOOT_SCRIPT = Path(__file__).parent / "scripts" / "boot.sh"

# Rights over what has no namespace, so is the host's: clock, modules, memory, disks, log, power.
GIVEN_UP = "-mknod,-sys_boot,-sys_module,-sys_rawio,-sys_time,-syslog"


class View(Enum):
    """What a program sees that is started on a machine from outside."""

    MACHINE = "-m -u -i -n -p -r -w"  # everything, as if logged in
    # The host's files at the machine's place in the network: a client with its checkout and keys.
    NETWORK = "-n -p -u"


@dataclass(slots=True)
class RunningMachine:
    """One machine of a lab, up or down; its disk outlives its boots."""

    description: Machine
    keeper: int
    disk: Path  # as the keeper's mount namespace names it
    cabling: Cabling
    _process: subprocess.Popen[str] | None = None
    _pid: int = 0

    @property
    def name(self) -> str:
        """The host name."""
        return self.description.name

    @property
    def is_up(self) -> bool:
        """Whether it has been booted and its process 1 lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number by which the host knows the machine's process 1."""
        if not self.is_up:
            raise MachineDownError(self.name)
        return self._pid

    @property
    def console(self) -> str:
        """What boots and services have said, since the first boot."""
        console = Path(f"/proc/{self.keeper}/root{self.disk}/console")
        return console.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Boot, and return when SSH is answered; raises BootError."""
        boot_all([self])

    def stop(self) -> None:
        """Cut the power: every process dies at once, and the network namespace with them."""
        if self._process is None:
            return
        self.kill()
        self.collect()
        self.cabling.pull_out(self.name)

    def reboot(self) -> None:
        """Cut the power and boot again: what is on the disk stays, and nothing else."""
        self.stop()
        self.start()

    def run(
        self,
        *command: str,
        text: str = "",
        seconds: float = 30.0,
        view: View = View.MACHINE,
        environment: Mapping[str, str] = ENVIRONMENT,
    ) -> str:
        """Run a command as root and give what it printed; raises CommandError if it failed."""
        done = self.try_run(
            *command, text=text, seconds=seconds, view=view, environment=environment
        )
        if done.returncode != 0:
            output = done.stdout + done.stderr
            raise CommandError(self.name, command, f"ended with {done.returncode}", output)
        return done.stdout

    def try_run(
        self,
        *command: str,
        text: str = "",
        seconds: float = 30.0,
        view: View = View.MACHINE,
        environment: Mapping[str, str] = ENVIRONMENT,
    ) -> Completed:
        """Run a command that may fail, and give its outcome; raises CommandError if it hangs.

        A daemon has to let go of its streams (`>/dev/null 2>&1 &`), or it is waited for.
        """
        return run_command(
            self.name,
            self.enter(view) + list(command),
            text=text,
            seconds=seconds,
            environment=environment,
        )

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file on the running machine."""
        put = 'mkdir -p "${1%/*}" && umask 077 && cat >"$1" && chmod "$2" "$1"'
        self.run("sh", "-c", put, "sh", str(PurePosixPath(path)), f"{mode:o}", text=text)

    def ask_for_address(self, interface: str, seconds: int = 5) -> IPv4Interface | None:
        """Ask for an address by DHCP, and give the one leased; none after `seconds` of silence."""
        asked = self.try_run("/lab/ask", interface, "-n", "-t", str(seconds))
        if asked.returncode != 0:
            return None
        return IPv4Interface(self.run("cat", f"/run/lease.{interface}").split()[0])

    def enter(self, view: View = View.MACHINE) -> list[str]:
        """Give the words before a command that run it on this machine."""
        namespaces = view.value.split()
        # Programs that look for processes by their numbers would find those of the host.
        own_proc = ["unshare", "--mount-proc", "--"] if view is View.NETWORK else []
        rights = ["setpriv", f"--bounding-set={GIVEN_UP}", "--"]
        return ["nsenter", "-t", str(self.pid), *namespaces, "--", *own_proc, *rights]

    def switch_on(self) -> None:
        """Begin to boot, up to where cables are wanted."""
        kinds = ("--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--kill-child")
        boot = (str(BOOT_SCRIPT), self.name, str(self.disk), GIVEN_UP)
        chain = ("nsenter", "-t", str(self.keeper), "-m", "-p", "--", "unshare", *kinds, "--")
        self._process, self._pid = start_command([*chain, *boot]), 0

    def learn_pid(self, deadline: float) -> int:
        """Wait until process 1 has said its number."""
        number = self._hear(deadline)
        if not number.isdecimal():
            raise self._explain_failure()
        self._pid = int(number)
        return self._pid

    def go_on(self) -> None:
        """Tell a booting machine that its cables are plugged in."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError):  # it died; `await_boot` says why
                self._process.stdin.write("go\n")
                self._process.stdin.close()

    def await_boot(self, deadline: float) -> None:
        """Wait until init says that the machine is up."""
        if self._hear(deadline) != "booted":
            raise self._explain_failure()

    def kill(self) -> None:
        """Send the signal that nothing survives, and do not wait."""
        if self.is_up and self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def collect(self) -> str:
        """Wait until the kernel has cleared a killed machine away; give the errors nobody read."""
        process, pid = self._process, self._pid
        self._process, self._pid = None, 0
        return end_chain(process, pid) if process else ""

    def _hear(self, deadline: float) -> str:
        return read_line(self._process, deadline) if self._process else ""

    def _explain_failure(self) -> BootError:
        said = self.collect()
        with suppress(FileNotFoundError):
            said = self.console or said  # what `unshare` says of its end is noise beside it
        return BootError(self.name, said[-CONSOLE_TAIL:])


def boot_all(machines: Sequence[RunningMachine]) -> None:
    """Boot machines of one lab side by side; raises BootError for the first that does not."""
    deadline = time.monotonic() + BOOT_SECONDS
    for machine in machines:
        machine.switch_on()
    pids = {machine.name: machine.learn_pid(deadline) for machine in machines}
    machines[0].cabling.plug_in(pids)
    for machine in machines:
        machine.go_on()
    for machine in machines:
        machine.await_boot(deadline)


def end_all(machines: Iterable[RunningMachine]) -> None:
    """Cut the power of machines side by side, for good: their cables are left to the lab's end."""
    together = list(machines)
    for machine in together:
        machine.kill()
    for machine in together:
        machine.collect()
