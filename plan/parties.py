"""What an end of a flow names -> the parties it stands for, with their addresses or pods."""

from collections.abc import Iterable
from ipaddress import IPv4Address

from config.references import End
from config.tenant import Service
from config.vpn import VpnEndpoint
from plan.addresses import effective_address
from plan.directory import Directory
from plan.interfaces import prefix_of
from plan.model import Party, PartyKind, PlannedPrefix, PodSet, ServiceEnd
from plan.ruleset import host_prefix
from terms.values import DeviceRef, EndKind, PrefixRole

# A site as an end of a flow stands for its hosts: nobody is in a reserved range, and a
# load-balancer range holds tenants' services, which are named on their own.
ROLES_BESIDE_HOSTS = frozenset({PrefixRole.RESERVED, PrefixRole.LOAD_BALANCER})

KUBE_DNS_NAMESPACE = "kube-system"
KUBE_DNS_LABELS = (("k8s-app", "kube-dns"),)

INTERNET = Party(PartyKind.INTERNET, "internet")


def source_parties(directory: Directory, end: End) -> tuple[Party, ...]:
    """The parties that open connections when this end is the source of a flow."""
    match end.kind:
        case EndKind.TENANT:
            tenant = end.tenant or ""
            return (*_tenant_pods(directory, tenant), *_tenant_endpoints(directory, tenant))
        case EndKind.NAMESPACE:
            return (namespace_party(end.tenant or "", end.namespace or ""),)
        case EndKind.SERVICE:
            return (service_party(directory, end.tenant or "", end.service or ""),)
    return _address_parties(directory, end)


def target_parties(directory: Directory, end: End, source: Party) -> tuple[Party, ...]:
    """The parties that answer, as this source sees them.

    Pods see pods; everyone else sees what is published of a tenant at a load-balancer address.
    Behind a load-balancer range there is nothing but the services that have an address in it.
    """
    if end.kind is EndKind.PREFIX:
        prefix = directory.prefixes[end.site or "", end.prefix or ""]
        if prefix.role is PrefixRole.LOAD_BALANCER:
            return _services_in(directory, prefix)
    if source.kind is PartyKind.PODS:
        return source_parties(directory, end)
    match end.kind:
        case EndKind.TENANT:
            services = _published(directory, end.tenant or "", None)
            return (*services, *_tenant_endpoints(directory, end.tenant or ""))
        case EndKind.NAMESPACE:
            return _published(directory, end.tenant or "", end.namespace)
        case EndKind.SERVICE:
            service = service_party(directory, end.tenant or "", end.service or "")
            return (service,) if service.networks else ()
    return _address_parties(directory, end)


def _address_parties(directory: Directory, end: End) -> tuple[Party, ...]:
    match end.kind:
        case EndKind.SITE:
            return site_parties(directory, end.site or "")
        case EndKind.PREFIX:
            return (prefix_party(directory.prefixes[end.site or "", end.prefix or ""]),)
        case EndKind.DEVICE:
            return (device_party(directory, end.device_ref),)
        case EndKind.CLUSTER:
            nodes = directory.addresses.nodes
            return tuple(device_party(directory, ref) for ref, _ in nodes)
        case EndKind.ENDPOINT:
            return _placed(directory, (end.endpoint or "",))
        case EndKind.CLIENT:
            return _client_parties(directory, end.client or "")
    return (INTERNET,)


def site_parties(directory: Directory, site: str) -> tuple[Party, ...]:
    """One party for each range with hosts."""
    ranges = directory.places.routed(site)
    return tuple(prefix_party(p) for p in ranges if p.role not in ROLES_BESIDE_HOSTS)


def prefix_party(prefix: PlannedPrefix) -> Party:
    """The hosts of a range."""
    return Party(
        PartyKind.PREFIX,
        prefix.reference,
        site=prefix.site,
        networks=(prefix.cidr,),
        effective=(prefix.effective,),
    )


def device_party(
    directory: Directory, ref: DeviceRef, further: tuple[IPv4Address, ...] = ()
) -> Party:
    """A device with all its addresses; `further` are addresses that it answers at beside them."""
    own = (*directory.places.own_addresses(ref), *further)
    prefixes = directory.places.prefixes[ref.site]
    tunnels = directory.tunnels.get(ref, ())
    return Party(
        PartyKind.DEVICE,
        str(ref),
        site=ref.site,
        networks=(*map(host_prefix, own), *tunnels),
        effective=(*(host_prefix(_effective(prefixes, a)) for a in own), *tunnels),
        device=ref,
    )


def address_party(directory: Directory, site: str, address: IPv4Address) -> Party:
    """Whoever answers at an address: a service, a device, a host of a site or of the internet."""
    if found := _service_at(directory, address):
        return service_party(directory, *found)
    if owner := directory.owners.get((site, address)):
        return device_party(directory, owner)
    for prefix in directory.addresses.prefixes:
        if (prefix.site == site and address in prefix.cidr) or address in prefix.effective:
            return _host_party(prefix, address)
    host = (host_prefix(address),)
    return Party(PartyKind.INTERNET, str(address), networks=host, effective=host)


def _host_party(prefix: PlannedPrefix, address: IPv4Address) -> Party:
    inside = address in prefix.cidr
    return Party(
        PartyKind.PREFIX,
        str(address),
        site=prefix.site,
        networks=(host_prefix(address if inside else _inner_address(prefix, address)),),
        effective=(host_prefix(effective_address(prefix, address) if inside else address),),
    )


def _inner_address(prefix: PlannedPrefix, effective: IPv4Address) -> IPv4Address:
    offset = int(effective) - int(prefix.effective.network_address)
    return prefix.cidr.network_address + offset


def _effective(prefixes: tuple[PlannedPrefix, ...], address: IPv4Address) -> IPv4Address:
    prefix = prefix_of(prefixes, address)
    return effective_address(prefix, address) if prefix else address


# ---------------------------------------------------------------- VPN


def endpoint_party(name: str, endpoint: VpnEndpoint, device: DeviceRef) -> Party:
    """The clients of a VPN endpoint; `device` is where their packets come out."""
    cidr = (endpoint.cidr,)
    return Party(PartyKind.VPN, f"vpn.{name}", device.site, cidr, cidr, device)


def _placed(directory: Directory, names: Iterable[str]) -> tuple[Party, ...]:
    endpoints = directory.network.vpn.endpoints
    return tuple(
        endpoint_party(name, endpoints[name], directory.endpoints[name])
        for name in names
        if name in directory.endpoints
    )


def _tenant_endpoints(directory: Directory, tenant: str) -> tuple[Party, ...]:
    endpoints = sorted(directory.network.vpn.endpoints.items())
    return _placed(directory, (name for name, found in endpoints if found.tenant == tenant))


def _client_parties(directory: Directory, name: str) -> tuple[Party, ...]:
    client = directory.network.vpn.clients[name]
    device = directory.endpoints.get(client.endpoint)
    if device is None:
        return ()
    endpoint = directory.network.vpn.endpoints[client.endpoint]
    own = (host_prefix(endpoint.cidr.network_address + client.index),)
    return (Party(PartyKind.CLIENT, f"client.{name}", device.site, own, own, device),)


# ---------------------------------------------------------------- pods


def tenant_party(directory: Directory, tenant: str) -> Party:
    """The pods of all namespaces of a tenant."""
    namespaces = tuple(sorted(directory.network.tenants[tenant].namespaces))
    return Party(PartyKind.PODS, tenant, pods=PodSet(tenant, namespaces, whole_tenant=True))


def namespace_party(tenant: str, namespace: str) -> Party:
    """The pods of one namespace; the tenant is empty for a system one."""
    return Party(PartyKind.PODS, f"namespace.{namespace}", pods=PodSet(tenant, (namespace,)))


def kube_dns_party() -> Party:
    """The pods of the cluster's DNS, as kubeadm labels them."""
    pods = PodSet("", (KUBE_DNS_NAMESPACE,), labels=KUBE_DNS_LABELS)
    return Party(PartyKind.PODS, f"namespace.{KUBE_DNS_NAMESPACE}", pods=pods)


def service_party(directory: Directory, tenant: str, name: str) -> Party:
    """The pods of a workload, with the address it is published at, if any."""
    service = directory.network.tenants[tenant].services[name]
    prefix = _load_balancer_prefix(directory, service.address)
    inner = (host_prefix(service.address),) if service.address and prefix else ()
    outer = (
        (host_prefix(effective_address(prefix, service.address)),)
        if service.address and prefix
        else ()
    )
    return Party(
        PartyKind.PODS,
        f"{tenant}/{name}",
        site=prefix.site if prefix else None,
        networks=inner,
        effective=outer,
        pods=PodSet(tenant, (service.namespace,), labels=tuple(sorted(service.selector.items()))),
        service=_service_end(name, service),
    )


def _service_end(name: str, service: Service) -> ServiceEnd:
    ports = tuple((p.protocol, p.port, p.pod_port) for _, p in sorted(service.ports.items()))
    return ServiceEnd(name, service.address, ports, service.hostnames)


def _load_balancer_prefix(
    directory: Directory, address: IPv4Address | None
) -> PlannedPrefix | None:
    """The range an address is announced in: at a site with nodes, a load-balancer range first."""
    if address is None:
        return None
    sites = {ref.site for ref, _ in directory.addresses.nodes}
    holding = [p for p in directory.addresses.prefixes if p.site in sites and address in p.cidr]
    holding.sort(key=lambda prefix: prefix.role is not PrefixRole.LOAD_BALANCER)
    return next(iter(holding), None)


def _tenant_pods(directory: Directory, tenant: str) -> tuple[Party, ...]:
    has_pods = directory.network.cluster and directory.network.tenants[tenant].namespaces
    return (tenant_party(directory, tenant),) if has_pods else ()


def _published(directory: Directory, tenant: str, namespace: str | None) -> tuple[Party, ...]:
    if tenant not in directory.network.tenants:
        return ()
    services = sorted(directory.network.tenants[tenant].services.items())
    return tuple(
        service_party(directory, tenant, name)
        for name, service in services
        if service.address and namespace in (None, service.namespace)
    )


def _services_in(directory: Directory, prefix: PlannedPrefix) -> tuple[Party, ...]:
    services = (
        party
        for tenant in sorted(directory.network.tenants)
        for party in _published(directory, tenant, None)
    )
    return tuple(p for p in services if p.networks and p.networks[0].subnet_of(prefix.cidr))


def _service_at(directory: Directory, address: IPv4Address) -> tuple[str, str] | None:
    return next(
        (
            (tenant, name)
            for tenant, found in sorted(directory.network.tenants.items())
            for name, service in sorted(found.services.items())
            if service.address == address
        ),
        None,
    )
