"""A device of namespaces alone, on which the verbs of the device's side are run one by one."""

import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from tests.devices.texts import name_of
from tests.source_tree import REPOSITORY

PARTS = (
    "start",
    "bundle",
    "checks",
    "live",
    "tunnels",
    "services",
    "guard",
    "strip",
    "boot",
    "read",
    "main",
)
# busybox's own of these would need another kernel, or lack what la1r asks of the real ones.
NOT_BUSYBOX = frozenset({"ip", "nsenter", "unshare", "mount"})
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
OPERATOR = "anna@laptop,1,1,somewhere"

Done = subprocess.CompletedProcess[str]


def join_helper() -> str:
    """The script as the operator's side sends it."""
    parts = (REPOSITORY / "devices" / "helper" / f"{part}.sh" for part in PARTS)
    return "#!/bin/sh\n" + "".join(part.read_text(encoding="utf-8") for part in parts)


@dataclass(slots=True)
class BenchDevice:
    """Namespaces with a root folder in it; `shell` and `path` decide whose tools run the script."""

    pid: int
    root: Path
    shell: tuple[str, ...]
    path: str
    more: dict[str, str] = field(default_factory=dict)
    changes: int = 0

    @property
    def last(self) -> str:
        """The name of the change that was begun last."""
        return f"change{self.changes}"

    @property
    def script(self) -> Path:
        """The script where a device has it."""
        return self.root / "etc/la1r/bin/la1r"

    @property
    def environment(self) -> Mapping[str, str]:
        """What the script sees of the world."""
        return {"PATH": self.path, "LA1R_ROOT": str(self.root), **self.more}

    def run(self, *command: str, text: str = "") -> Done:
        """Run any command in the device's namespaces."""
        return subprocess.run(
            ["nsenter", "-t", str(self.pid), "-n", "-m", "-p", "--", *command],
            input=text,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def read(self, *command: str) -> str:
        """What a command printed, which has to end well."""
        done = self.run(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def verb(self, *words: str, text: str = "") -> Done:
        """Run a verb of the script."""
        return self.run(*self.shell, str(self.script), *words, text=text)

    def stage(self, text: str, adopt: str = "no", clock: float | None = None) -> Done:
        """Stage a set of files as it names itself."""
        now = str(int(clock if clock is not None else time.time()))
        return self.verb("stage", name_of(text), adopt, now, text=text)

    def activate(self, text: str, window: int = 60, adopt: str = "no") -> Done:
        """Put a staged set into force, as a new change."""
        self.changes += 1
        words = (self.last, name_of(text), "same", str(window), adopt, OPERATOR)
        return self.verb("activate", *words)

    def confirm(self) -> Done:
        """Confirm from a process that looks like an SSH server's, begun now."""
        words = " ".join(shlex.quote(word) for word in (*self.shell, str(self.script)))
        return self.run(str(self.root / "sshd"), "-c", f"{words} confirm {self.last}; exit $?")

    def undo(self) -> Done:
        """Take the last change back."""
        return self.verb("undo", self.last, "asked")

    def deploy(self, text: str, adopt: str = "no") -> None:
        """Stage, activate and confirm, all of which have to end well."""
        for done in (self.stage(text, adopt), self.activate(text, adopt=adopt), self.confirm()):
            assert done.returncode == 0, done.stdout + done.stderr

    def deploy_again(self, text: str, adopt: str = "no") -> None:
        """Do what the operator's side does for a set that may be in force already."""
        staged = self.stage(text, adopt)
        assert staged.returncode == 0, staged.stderr
        if not staged.stdout.startswith("current"):
            self.deploy(text, adopt)

    def rules(self) -> str:
        """All rules of the device, as the kernel lists them."""
        return self.read("nft", "-s", "list", "ruleset")

    def state(self) -> str:
        """Everything that a change may touch: what is undone leaves no difference here."""
        commands = (
            "nft -s list ruleset; ip -4 -br address; ip -4 route;"
            " wg showconf wg-mesh 2>/dev/null | sort;"
            " cat /proc/sys/net/ipv4/ip_forward; readlink $LA1R_ROOT/etc/la1r/current;"
            " grep -E '^(generation|keys)' $LA1R_ROOT/etc/la1r/confirmed"
        )
        return self.run("sh", "-c", commands).stdout


@contextmanager
def run_bench_device(root: Path, shell: tuple[str, ...], path: str) -> Iterator[BenchDevice]:
    """Make the namespaces and the folders of a bare device, and leave nothing behind."""
    for folder in ("etc/rcS.d", "etc/rc2.d", "etc/la1r/bin", "etc/la1r/keys", "run"):
        (root / folder).mkdir(parents=True)
    (root / "etc/la1r/bin/la1r").write_text(join_helper(), encoding="utf-8")
    (root / "sshd").write_bytes(Path("/bin/dash").read_bytes())
    (root / "sshd").chmod(0o755)
    start = "mount -t tmpfs run /run && ip link set lo up && echo up && exec sleep 300"
    kinds = ("--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child")
    with subprocess.Popen(
        ["unshare", *kinds, "sh", "-c", start], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "up\n"
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            yield BenchDevice(int(children.split()[0]), root, shell, path)
        finally:
            process.kill()


def busybox_path(folder: Path) -> str:
    """A PATH on which every tool that busybox has is busybox's."""
    folder.mkdir()
    listed = subprocess.run(["busybox", "--list"], capture_output=True, text=True, check=True)
    busybox = which("busybox", path=SYSTEM_PATH)
    assert busybox is not None
    for tool in set(listed.stdout.split()) - NOT_BUSYBOX:
        (folder / tool).symlink_to(busybox)
    return f"{folder}:{SYSTEM_PATH}"
