"""A managed device -> how it is dialled, the same for every resource that does."""

import shlex
from dataclasses import dataclass

from pulumi_command.remote import ConnectionArgs, ProxyConnectionArgs

from config.references import resolve_device
from config.site import Manage
from plan.management import operator_site
from plan.model import Plan
from terms.values import DeviceRef

# A device that is off costs minutes with the defaults: 10 tries of 15 seconds, for each command.
DIAL_TRIES = 2
DIAL_SECONDS = 5


class NoWayInError(Exception):
    """A device has no address or host key, which a checked description rules out."""

    def __init__(self, device: DeviceRef) -> None:
        super().__init__(f"no address or host key is known for {device}")
        self.device = device


@dataclass(frozen=True, slots=True)
class Dialled:
    """Where SSH answers on a device, and the key by which it is known."""

    host: str
    port: int
    user: str
    host_key: str

    @property
    def destination(self) -> str:
        """As ssh(1) takes it after -J."""
        return f"{self.user}@{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class WayIn:
    """How the operator logs in to a device: straight, or through one other."""

    device: DeviceRef
    end: Dialled
    jump: Dialled | None
    # Seconds until a change that was not confirmed undoes itself.
    window: int
    # Whether files and firewalls of others may be taken over.
    adopt: bool
    # Whether this run leaves the device as it is.
    left_out: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What the operator's side of guarded apply has to know; nothing of it is secret."""
        found = {
            "LA1R_HOST": self.end.host,
            "LA1R_PORT": str(self.end.port),
            "LA1R_USER": self.end.user,
            "LA1R_HOST_KEY": self.end.host_key,
            "LA1R_WINDOW": str(self.window),
            "LA1R_ADOPT": "yes" if self.adopt else "no",
        }
        if self.jump:
            found["LA1R_JUMP"] = self.jump.destination
            found["LA1R_JUMP_HOST_KEY"] = self.jump.host_key
        return found

    def apply_line(self, *options: str) -> str:
        """The operator's side of guarded apply, in the place of the shell that is given the line.

        Whoever started it is the engine then, and the next run can tell whether that still lives.
        """
        return shlex.join(("exec", "devices/apply", *options, str(self.device)))

    @property
    def connection(self) -> ConnectionArgs:
        """For commands that one connection is enough for; the SSH agent holds the keys."""
        return ConnectionArgs(
            host=self.end.host,
            port=float(self.end.port),
            user=self.end.user,
            host_key=self.end.host_key,
            dial_error_limit=DIAL_TRIES,
            per_dial_timeout=DIAL_SECONDS,
            proxy=_proxy(self.jump) if self.jump else None,
        )


def _proxy(jump: Dialled) -> ProxyConnectionArgs:
    return ProxyConnectionArgs(
        host=jump.host,
        port=float(jump.port),
        user=jump.user,
        host_key=jump.host_key,
        dial_error_limit=DIAL_TRIES,
        per_dial_timeout=DIAL_SECONDS,
    )


def find_way_in(plan: Plan, device: DeviceRef, *, left_out: bool = False) -> WayIn:
    """How the operator logs in to a managed device; raises NoWayInError where nothing says it."""
    manage = _read_manage(plan, device)
    jump = resolve_device(plan.network, manage.jump, device.site) if manage.jump else None
    start = jump.site if jump else operator_site(plan.network)
    return WayIn(
        device=device,
        end=_dial(plan, device, start),
        jump=_dial(plan, jump, operator_site(plan.network)) if jump else None,
        window=manage.window,
        adopt=manage.adopt,
        left_out=left_out,
    )


def _read_manage(plan: Plan, device: DeviceRef) -> Manage:
    manage = plan.network.device(device).manage
    if manage is None:
        raise NoWayInError(device)
    return manage


def _dial(plan: Plan, device: DeviceRef, start: str) -> Dialled:
    manage = _read_manage(plan, device)
    host = manage.host or _find_address(plan, device, start)
    if host is None or manage.host_key is None:
        raise NoWayInError(device)
    return Dialled(host, manage.port, manage.user, manage.host_key)


def _find_address(plan: Plan, device: DeviceRef, start: str) -> str | None:
    """Its address as the site sees it that the connection starts from."""
    for host in plan.addresses.hosts:
        if (host.site, host.name) == (device.site, device.device):
            return str(host.address if start == device.site else host.effective)
    tunnels = (found for found in plan.mesh.interfaces if found.device == device)
    return next((str(tunnel.address.ip) for tunnel in tunnels), None)
