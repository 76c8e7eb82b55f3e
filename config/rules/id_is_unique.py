"""The id of a site or a tenant is its own."""

from collections.abc import Mapping

from config.network import Network
from config.repeats import find_repeats
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
    ids = ((record.id, f"la1r:{area}.{name}.id") for name, record in records.items())
    return [
        Problem(
            CODES[area],
            path,
            f"the id {number} is already taken ({other})",
            CONSEQUENCES[area],
            "give one of them a number that was never used",
        )
        for number, path, other in find_repeats(ids)
    ]
