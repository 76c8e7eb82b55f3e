"""A managed device can be told from others and dialled; an unmanaged one is left alone."""

from collections.abc import Iterator

from config.inventory import first_address, is_managed, site_path
from config.network import Network
from config.references import resolve_device
from config.site import Device
from config.unknown import check_device
from terms.problem import Problem
from terms.values import DeviceRef


def check(network: Network) -> list[Problem]:
    """Refuse managed devices without host key, address or a sound jump, and idle `manage`."""
    return [
        problem
        for site_name, site in network.sites.items()
        for name, device in site.devices.items()
        for problem in _check(network, DeviceRef(site_name, name), device)
    ]


def _check(network: Network, ref: DeviceRef, device: Device) -> Iterator[Problem]:
    path = site_path(ref.site, "devices", ref.device)
    if not is_managed(device):
        yield from _check_unmanaged(path, ref, device)
        return
    if device.manage is None or device.manage.host_key is None:
        yield Problem(
            "E-MGT-01",
            f"{path}.manage.host_key",
            f"{ref} has platform {device.platform} and no host key",
            "nothing is sent to a device that cannot be told from another one",
            "add `manage: {host_key: ...}` with what ssh-keyscan prints, compared on the device",
        )
    if not (device.manage and device.manage.host) and first_address(device) is None:
        yield Problem(
            "E-MGT-02",
            path,
            f"{ref} has platform {device.platform}, and neither an address nor `manage.host`",
            "there is no way to log in to it",
            "add `address:`, an address at an interface, or `manage: {host: ...}`",
        )
    if device.manage and device.manage.jump:
        yield from _check_jump(network, ref, f"{path}.manage.jump", device.manage.jump)


def _check_unmanaged(path: str, ref: DeviceRef, device: Device) -> Iterator[Problem]:
    if device.manage is not None:
        yield Problem(
            "E-MGT-05",
            f"{path}.manage",
            f"{ref} has `manage`, and platform {device.platform}",
            "nobody would log in to it",
            "write `platform: linux`, or leave `manage` out",
        )


def _check_jump(network: Network, ref: DeviceRef, path: str, jump: str) -> Iterator[Problem]:
    yield from check_device(network, jump, path, ref.site)
    target = resolve_device(network, jump, ref.site)
    if target is None:
        return
    if not is_managed(network.device(target)):
        yield Problem(
            "E-MGT-03",
            path,
            f"the jump host {target} is not managed",
            "there is no login to pass through it",
            "name a device with `platform: linux`",
        )
    elif ref in _jumps(network, target):
        circle = "itself" if target == ref else f"{target}, which is reached through {ref}"
        yield Problem(
            "E-MGT-04",
            path,
            f"{ref} is reached through {circle}",
            "it could never be dialled",
            "leave `jump` out at the one that can be dialled directly",
        )


def _jumps(network: Network, ref: DeviceRef) -> list[DeviceRef]:
    """List the devices on the way to one, itself first, until there is no jump or a circle."""
    way: list[DeviceRef] = []
    step: DeviceRef | None = ref
    while step and step not in way:
        way.append(step)
        manage = network.device(step).manage
        step = resolve_device(network, manage.jump, step.site) if manage and manage.jump else None
    return way
