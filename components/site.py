"""A site's rendered text -> one guarded change for each managed device, and sheets for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_command.local import Command, Logging

from components.base import Component, Token
from components.connection import WayIn
from terms.values import DeviceRef


@dataclass(frozen=True, slots=True)
class DevicePart:
    """What is applied to one managed device."""

    way_in: WayIn
    # Every line that is written to it.
    text: str
    # Far devices have high numbers and are changed first.
    distance: int
    # What has to be on the device before: its list of keys.
    after: tuple[pulumi.Resource, ...]


@dataclass(frozen=True, slots=True)
class SitePart:
    """What of the rendered network belongs to one site."""

    devices: tuple[DevicePart, ...]
    # Markdown by device, for devices that a person sets by hand.
    sheets: Mapping[str, str]


class Site(Component):
    """One site; `applied` is the change of each of its devices."""

    def __init__(
        self,
        name: str,
        part: SitePart,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the change of each device, the far ones before the near ones."""
        super().__init__(Token.SITE, name, opts)
        self.sheets = part.sheets
        self.applied: dict[DeviceRef, pulumi.Resource] = {}
        before = list(after)
        for distance in sorted({device.distance for device in part.devices}, reverse=True):
            group = [device for device in part.devices if device.distance == distance]
            made = {device.way_in.device: self._apply(device, before) for device in group}
            self.applied |= made
            before = list(made.values())
        self.register_outputs({"sheets": dict(part.sheets)})

    def _apply(self, part: DevicePart, before: Sequence[pulumi.Resource]) -> Command:
        device = part.way_in.device
        return Command(
            self.name_child(device.device),
            create=part.way_in.apply_line(),
            environment=part.way_in.environment,
            # In plain sight: a preview shows every line, and a change as a difference of lines.
            stdin=part.text,
            add_previous_output_in_env=False,
            logging=Logging.STDERR,
            opts=self.router_options([*part.after, *before], left_out=part.way_in.left_out),
        )
