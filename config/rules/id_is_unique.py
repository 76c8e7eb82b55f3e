"""The id of a site or a tenant is its own."""

from collections.abc import Mapping

from config.network import Network
from config.site import Site
from config.tenant import Tenant
from terms.problem import Problem

CONSEQUENCES = {
    "sites": "both gateways would have one address on the backbone",
    "tenants": "what is derived from the id would belong to both",
}
CODES = {"sites": "E-VPN-04", "tenants": "E-TEN-01"}


def check(network: Network) -> list[Problem]:
    """Refuse an id that two sites have, or two tenants."""
    return [*_check("sites", network.sites), *_check("tenants", network.tenants)]


def _check(area: str, records: Mapping[str, Site] | Mapping[str, Tenant]) -> list[Problem]:
    first: dict[int, str] = {}
    found = []
    for name, record in records.items():
        other = first.setdefault(record.id, name)
        if other != name:
            found.append(
                Problem(
                    CODES[area],
                    f"la1r:{area}.{name}.id",
                    f"the id {record.id} of {name} is that of {other} (la1r:{area}.{other}.id)",
                    CONSEQUENCES[area],
                    "give one of them a number that was never used",
                )
            )
    return found
