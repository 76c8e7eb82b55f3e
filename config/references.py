"""Names as a description writes them -> the records they stand for."""

from msgspec import Struct

from config.network import Network
from terms.values import DeviceRef, EndKind

# First words of an end that are no name of a site or a tenant.
RESERVED_WORDS = frozenset({"internet", "vpn", "namespace", "client", "cluster"})


class End(Struct, frozen=True):
    """One end of a flow, with every name that is known of it.

    `tenant` is the owner of a service, namespace, endpoint or client; a system namespace has none.
    """

    kind: EndKind
    site: str | None = None
    prefix: str | None = None
    device: str | None = None
    tenant: str | None = None
    service: str | None = None
    namespace: str | None = None
    endpoint: str | None = None
    client: str | None = None

    @property
    def device_ref(self) -> DeviceRef:
        """The device of an end of kind DEVICE; raises ValueError for any other kind."""
        if self.site is None or self.device is None:
            raise ValueError(f"{self} is no device")
        return DeviceRef(self.site, self.device)

    def __str__(self) -> str:
        match self.kind:
            case EndKind.INTERNET | EndKind.CLUSTER:
                return self.kind.value
            case EndKind.PREFIX:
                return f"{self.site}.{self.prefix}"
            case EndKind.DEVICE:
                return f"{self.site}/{self.device}"
            case EndKind.SERVICE:
                return f"{self.tenant}/{self.service}"
            case EndKind.NAMESPACE:
                return f"namespace.{self.namespace}"
            case EndKind.ENDPOINT:
                return f"vpn.{self.endpoint}"
            case EndKind.CLIENT:
                return f"client.{self.client}"
        return str(self.site or self.tenant)


def resolve_device(network: Network, text: str, site: str | None = None) -> DeviceRef | None:
    """Find the device that `site/device` or a bare name means; None when there is none, or several.

    A bare name is looked for in `site` first, and then must be unique over all sites.
    """
    if "/" in text:
        owner, _, device = text.partition("/")
        known = owner in network.sites and device in network.sites[owner].devices
        return DeviceRef(owner, device) if known else None
    if site in network.sites and text in network.sites[site].devices:
        return DeviceRef(site, text)
    found = sites_with_device(network, text)
    return DeviceRef(found[0], text) if len(found) == 1 else None


def sites_with_device(network: Network, name: str) -> tuple[str, ...]:
    """Names of the sites that have a device of this name."""
    return tuple(name_ for name_, site in network.sites.items() if name in site.devices)


def namespace_owner(network: Network, namespace: str) -> str | None:
    """The tenant that owns a namespace; None for one of the system's, and for an unknown one."""
    owners = (name for name, tenant in network.tenants.items() if namespace in tenant.namespaces)
    return next(owners, None)


def parse_end(network: Network, text: str) -> End | None:
    """Find what an end of a flow names; None when it names nothing.

    Forms: `internet`; `cluster` (all nodes); SITE (its prefixes but reserved and load-balancer
    ones); SITE.PREFIX; SITE/DEVICE; TENANT (pods of all its namespaces and clients of all its VPN
    endpoints); TENANT/SERVICE; namespace.NAME; vpn.ENDPOINT; client.NAME.
    """
    if "/" in text:
        return _parse_owned(network, text)
    if "." in text:
        return _parse_dotted(network, text)
    if text == "internet":
        return End(EndKind.INTERNET)
    if text == "cluster":
        return End(EndKind.CLUSTER) if network.cluster else None
    if text in network.sites:
        return End(EndKind.SITE, site=text)
    return End(EndKind.TENANT, tenant=text) if text in network.tenants else None


def _parse_owned(network: Network, text: str) -> End | None:
    owner, _, name = text.partition("/")
    if owner in network.sites and name in network.sites[owner].devices:
        return End(EndKind.DEVICE, site=owner, device=name)
    if owner in network.tenants and name in network.tenants[owner].services:
        namespace = network.tenants[owner].services[name].namespace
        return End(EndKind.SERVICE, tenant=owner, service=name, namespace=namespace)
    return None


def _parse_dotted(network: Network, text: str) -> End | None:
    word, _, name = text.partition(".")
    match word:
        case "namespace":
            return _namespace_end(network, name)
        case "vpn":
            return _endpoint_end(network, name)
        case "client":
            return _client_end(network, name)
    if word in network.sites and name in network.sites[word].prefixes:
        return End(EndKind.PREFIX, site=word, prefix=name)
    return None


def _namespace_end(network: Network, name: str) -> End | None:
    owner = namespace_owner(network, name)
    system = network.cluster is not None and name in network.cluster.system
    if owner is None and not system:
        return None
    return End(EndKind.NAMESPACE, namespace=name, tenant=owner)


def _endpoint_end(network: Network, name: str) -> End | None:
    endpoint = network.vpn.endpoints.get(name)
    return End(EndKind.ENDPOINT, endpoint=name, tenant=endpoint.tenant) if endpoint else None


def _client_end(network: Network, name: str) -> End | None:
    client = network.vpn.clients.get(name)
    if client is None:
        return None
    endpoint = network.vpn.endpoints.get(client.endpoint)
    owner = endpoint.tenant if endpoint else None
    return End(EndKind.CLIENT, client=name, endpoint=client.endpoint, tenant=owner)
