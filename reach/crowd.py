"""An end of an expectation -> the endpoints that it stands for."""

from config.references import End
from plan.model import Plan
from reach.findings import EndpointKind
from reach.model import Reach
from reach.standing import Standing
from terms.values import EndKind, PrefixRole

ROLES_BESIDE_HOSTS = frozenset({PrefixRole.RESERVED, PrefixRole.LOAD_BALANCER})


class Crowd:
    """Finds who belongs to an end; a range stands for its hosts, not for the router between."""

    def __init__(self, plan: Plan, reach: Reach) -> None:
        self._plan = plan
        self._reach = reach
        self._standings = tuple(each for each in reach.standings if each.endpoint.evaluated)
        self._routers = frozenset(device.ref for device in plan.devices if device.forwards)
        self._nodes = frozenset(ref for ref, _ in plan.addresses.nodes)

    def members(self, end: End) -> tuple[Standing, ...]:
        """The evaluated endpoints of an end."""
        return tuple(each for each in self._standings if self._belongs(end, each))

    def _belongs(self, end: End, standing: Standing) -> bool:
        endpoint = standing.endpoint
        match end.kind:
            case EndKind.INTERNET:
                return endpoint.kind is EndpointKind.INTERNET
            case EndKind.SITE:
                return self._is_at_site(end, standing)
            case EndKind.PREFIX:
                return self._is_in_range(end, standing)
            case EndKind.TENANT:
                return endpoint.tenant == end.tenant
            case EndKind.CLUSTER:
                return endpoint.kind is EndpointKind.DEVICE and standing.device in self._nodes
        return self._is_called(end, standing)

    def _is_called(self, end: End, standing: Standing) -> bool:
        if end.kind is EndKind.NAMESPACE:
            return standing.pod is not None and standing.pod.namespace == end.namespace
        if end.kind is EndKind.ENDPOINT and standing.endpoint.kind is EndpointKind.CLIENT:
            client = self._plan.network.vpn.clients[standing.name.removeprefix("client.")]
            return client.endpoint == end.endpoint
        # Devices and clients that no rule tells apart from others stand behind their name.
        return standing.name in self._reach.behind(str(end))

    def _is_at_site(self, end: End, standing: Standing) -> bool:
        if standing.endpoint.site != end.site or standing.device in self._routers:
            return False
        if standing.endpoint.kind is EndpointKind.DEVICE:
            return True
        ranges = self._plan.addresses.prefixes
        roles = {prefix.reference: prefix.role for prefix in ranges}
        return roles.get(standing.name, PrefixRole.RESERVED) not in ROLES_BESIDE_HOSTS

    def _is_in_range(self, end: End, standing: Standing) -> bool:
        if standing.name == str(end):
            return True
        prefix = self._plan.network.sites[str(end.site)].prefixes[str(end.prefix)]
        if prefix.role is PrefixRole.LOAD_BALANCER:
            addresses = [standing.service] if standing.service else []
        elif standing.endpoint.kind is EndpointKind.DEVICE and standing.endpoint.site == end.site:
            is_router = standing.device in self._routers
            addresses = [] if is_router else [host[0] for host in standing.dials]
        else:
            addresses = []
        first = int(prefix.cidr.network_address)
        return any(0 <= address - first < prefix.cidr.num_addresses for address in addresses)
