"""A site with one router and an operator on its LAN, who has `la1r` and looks after it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copy, copytree

from cli.readings import list_requests
from cli.stack import compute_whole
from lab.commands import Completed
from lab.machine import View
from terms.values import DeviceRef
from tests.devices.deployer import Deployer
from tests.source_tree import REPOSITORY

DESCRIPTION = """\
config:
  la1r:network: {{domain: home.internal, operator: {{at: home}}}}
  la1r:sites:
    home:
      id: 1
      circuit: {{kind: static, endpoint: 203.0.113.2}}
      prefixes:
        lan: {{cidr: 192.168.1.0/24, role: user, dhcp: {{pool: 192.168.1.100-192.168.1.199}}}}
      devices:
        router:
          role: router
          platform: linux
          interfaces:
            wan0: {{uplink: true}}
            lan0: {{segment: lan, addresses: [192.168.1.1]}}
          manage: {{host_key: {host_key}}}
  la1r:tenants: {{family: {{id: 1}}}}
  la1r:vpn:
    endpoints: {{family: {{tenant: family, at: home/router, port: 33443, cidr: 10.8.2.0/24}}}}
    clients: {{laptop: {{endpoint: family, index: 10, public_key: {client}}}}}
"""
CLIENT = "ZXhhbXBsZSBsYXB0b3AuLi4uLi4uLi4uLi4uLi4uLi4="
STRANGER = "c3RyYW5nZXIuLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4="


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody on the machine `inner` who looks after `router`."""

    deployer: Deployer
    project: Path

    def run(self, *command: str, text: str = "", **more: str) -> Completed:
        """Run a command with the operator's agent, in the project's folder."""
        environment = {
            "PATH": f"{Path(sys.prefix, 'bin')}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": sys.prefix,
            "HOME": str(self.project.parent),
            "SSH_AUTH_SOCK": self.deployer.socket,
            "PULUMI_CONFIG_PASSPHRASE": "one of a test",
            "PULUMI_BACKEND_URL": f"file://{self.project.parent}",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **more,
        }
        return self.deployer.lab["inner"].try_run(
            "sh",
            "-c",
            'cd "$1" && shift && exec "$@"',
            "sh",
            str(self.project),
            *command,
            text=text,
            seconds=60,
            view=View.NETWORK,
            environment=environment,
        )

    def la1r(self, verb: str, *options: str, **more: str) -> Completed:
        """Run the command for this stack."""
        program = "from cli.main import main; main()"
        return self.run(sys.executable, "-c", program, verb, "--stack", "small", *options, **more)

    def drift(self, *options: str, **more: str) -> Completed:
        """Ask for drift."""
        return self.la1r("drift", *options, **more)

    def up(self) -> None:
        """Bring the router to what the description says, as the program does."""
        make_key = "[ -s wg-family.key ] || wg genkey >wg-family.key"
        folder = "umask 077 && mkdir -p /etc/la1r/keys && cd /etc/la1r/keys"
        self.deployer.router.run("sh", "-c", f"{folder} && {{ {make_key}; }}")
        whole = compute_whole("small")
        (request,) = list_requests(whole)
        text = whole.rendered.bundle(DeviceRef("home", "router"))
        done = self.run("devices/apply", request.device, text=text, **request.environment)
        assert done.returncode == 0, done.stderr

    def describe(self, host_key: str) -> None:
        """Write the description."""
        text = DESCRIPTION.format(host_key=host_key, client=CLIENT)
        (self.project / "Pulumi.small.yaml").write_text(text, encoding="utf-8")


def make_project(folder: Path) -> None:
    """Give the operator what a clone of the repository has, but for the descriptions."""
    copytree(REPOSITORY / "devices", folder / "devices")
    copy(REPOSITORY / "__main__.py", folder / "__main__.py")
    # Without an environment of its own: this interpreter has all packages.
    (folder / "Pulumi.yaml").write_text("name: la1r\nruntime: python\n", encoding="utf-8")
