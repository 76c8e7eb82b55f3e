"""The plan's mesh -> keys that are made on devices, and the lists of keys each device joins.

Private keys never leave their device. Public keys and the pairs' shared keys travel here, apart
from the router text, so that the text is whole at the first preview. Text names a key by a word
(`@gateway/home/gateway`, `@psk/home--barn`), and the list says what each word stands for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_command.local import Command as LocalCommand
from pulumi_command.local import Logging as LocalLogging
from pulumi_command.remote import Command as RemoteCommand

from components.base import Component, Token
from components.connection import WayIn
from components.device_keys import declare_key_command, make_key_command
from plan.model import Mesh, WireguardInterface
from plan.tunnels import BACKBONE_INTERFACE
from terms.values import DeviceRef

# Under a device, as its interfaces are, none of which is called so.
KEYS = "keys"


@dataclass(frozen=True, slots=True)
class MeshPart:
    """What of the plan the mesh is made from."""

    mesh: Mesh
    ways_in: Mapping[DeviceRef, WayIn]
    # Devices in groups, those first that are changed first.
    order: tuple[tuple[DeviceRef, ...], ...]
    # Name of the set of files that each device gets.
    generations: Mapping[DeviceRef, str]


class VpnMesh(Component):
    """All WireGuard keys of the network.

    `keys` is what a device's text has to wait for; `answered` says that every device that is to
    change was asked and answered, so that a tunnel does not change at one of its ends alone.
    """

    def __init__(
        self, name: str, part: MeshPart, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare keys, shared keys, and the list of keys of each device."""
        super().__init__(Token.VPN_MESH, name, opts)
        self._part = part
        # The last command on each device: one at a time, for small routers take few connections.
        self._last: dict[DeviceRef, pulumi.Resource] = {}
        self.public_keys = {
            (interface.device, interface.name): self._make_key(interface)
            for interface in part.mesh.interfaces
        }
        self._shared = {
            pair: self._make_shared_key(pair, device)
            for pair, device in find_pairs(part.mesh).items()
        }
        self.answered = [self._ask(device) for group in part.order for device in group]
        before: list[pulumi.Resource] = [*self.answered]
        for group in part.order:
            before = [
                self._join(interface, before)
                for interface in part.mesh.interfaces
                if interface.device in group and has_words(interface)
            ] or before
        self.keys = dict(self._last)
        self.register_outputs({"publicKeys": self.list_public_keys()})

    def list_public_keys(self) -> dict[str, pulumi.Output[str]]:
        """Public keys by SITE/DEVICE/INTERFACE."""
        return {f"{device}/{name}": key for (device, name), key in self.public_keys.items()}

    def _make_key(self, interface: WireguardInterface) -> pulumi.Output[str]:
        device = interface.device
        name = self.name_child(device.site, device.device, interface.name)
        line = make_key_command(f"{interface.name}.key", "wg genkey", "wg pubkey <")
        made = self._run(name, device, line, self._options(device))
        return made.stdout.apply(lambda text: text.strip())

    def _make_shared_key(self, pair: str, device: DeviceRef) -> pulumi.Output[str]:
        line = make_key_command(f"{pair}.psk", "wg genpsk", "cat")
        options = self._options(device, secret=("stdout", "stderr"))
        return self._run(self.name_child(pair), device, line, options).stdout

    def _run(
        self, name: str, device: DeviceRef, line: str, options: pulumi.ResourceOptions
    ) -> RemoteCommand:
        way_in = self._part.ways_in[device]
        self._last[device] = command = declare_key_command(name, way_in, line, options)
        return command

    def _options(
        self,
        device: DeviceRef,
        after: Sequence[pulumi.Resource] = (),
        *,
        secret: Sequence[str] = (),
    ) -> pulumi.ResourceOptions:
        last = [self._last[device]] if device in self._last else []
        left_out = self._part.ways_in[device].left_out
        return self.router_options([*after, *last], secret=secret, left_out=left_out)

    def _ask(self, device: DeviceRef) -> LocalCommand:
        """Ask a device, whenever its files change, whether it could be changed now."""
        way_in = self._part.ways_in[device]
        return LocalCommand(
            self.name_child(device.site, device.device, "ready"),
            create=way_in.apply_line("--ready"),
            environment={**way_in.environment, "LA1R_GENERATION": self._part.generations[device]},
            add_previous_output_in_env=False,
            logging=LocalLogging.STDERR,
            opts=self._options(device),
        )

    def _join(
        self, interface: WireguardInterface, after: Sequence[pulumi.Resource]
    ) -> LocalCommand:
        device = interface.device
        self._last[device] = command = LocalCommand(
            self.name_child(device.site, device.device, KEYS),
            create=self._part.ways_in[device].apply_line("--keys"),
            environment=self._part.ways_in[device].environment,
            stdin=self._list_keys(interface),
            add_previous_output_in_env=False,
            logging=LocalLogging.STDERR,
            opts=self._options(device, after),
        )
        return command

    def _list_keys(self, interface: WireguardInterface) -> pulumi.Output[str]:
        """The words in the device's text with their keys; secret, since shared keys are."""
        words: dict[str, pulumi.Input[str]] = {}
        for peer in interface.peers:
            if peer.gateway is not None:
                key = self.public_keys[peer.gateway, BACKBONE_INTERFACE]
                words[f"@gateway/{peer.gateway}"] = key
            if peer.psk is not None:
                words[f"@psk/{peer.psk}"] = self._shared[peer.psk]
        return pulumi.Output.all(**words).apply(write_key_list)


def name_key_command(name: str, interface: WireguardInterface) -> str:
    """Name of the command that makes an interface's own key."""
    return "/".join((name, interface.device.site, interface.device.device, interface.name))


def name_key_list(name: str, device: DeviceRef) -> str:
    """Name of the command that tells a device the keys of its peers."""
    return "/".join((name, device.site, device.device, KEYS))


def has_words(interface: WireguardInterface) -> bool:
    """Whether the interface's text names keys that are made on devices; clients bring their own."""
    return any(peer.gateway is not None or peer.psk is not None for peer in interface.peers)


def find_pairs(mesh: Mesh) -> dict[str, DeviceRef]:
    """Every shared key with the device that makes it: the end that comes first in the plan."""
    pairs: dict[str, DeviceRef] = {}
    for interface in mesh.interfaces:
        for peer in interface.peers:
            if peer.psk is not None:
                pairs.setdefault(peer.psk, interface.device)
    return pairs


def write_key_list(words: Mapping[str, str]) -> str:
    """One line for each word, in the order of the words."""
    return "".join(f"{word} {key.strip()}\n" for word, key in sorted(words.items()))
