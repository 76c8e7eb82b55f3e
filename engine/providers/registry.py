"""Provider resources (``pulumi:providers:*``) of one run, and the providers behind them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from engine.problems import EngineError, RefusedError
from engine.providers.base import (
    Call,
    Checked,
    Comparison,
    Existing,
    Made,
    Package,
    Provider,
    ProviderError,
    Unpredictable,
)
from engine.steps import Difference
from engine.urn import package_of, type_of
from engine.values import Properties, Unknown, contains
from engine.wire import UNKNOWN_TEXT

_INTERNAL = "__internal"


def add_version(inputs: Properties, version: str) -> Properties:
    """Inputs of a provider with the version of its package, in the form a state records."""
    return {**inputs, _INTERNAL: inputs.get(_INTERNAL, {}), "version": version}


def visible(inputs: Properties) -> Properties:
    """Inputs of a provider without what the engine keeps beside them."""
    return {key: value for key, value in inputs.items() if key != _INTERNAL}


class Registry:
    """Serves provider resources like a provider, and finds the provider a reference names."""

    def __init__(self, packages: Iterable[Package]) -> None:
        self._packages = {package.name: package for package in packages}
        self._providers: dict[str, Provider] = {}

    def package(self, kind: str) -> Package:
        """The package of a type. Raises RefusedError when the engine does not have it."""
        package = self._packages.get(package_of(kind))
        if package is None:
            known = ", ".join(sorted(self._packages))
            raise RefusedError(
                f"the built-in engine does not know the package '{package_of(kind)}' "
                f"(of type '{kind}'): it knows {known}; preview this program with the Pulumi CLI"
            )
        return package

    def refuse_unknown(self, kind: str, name: str) -> None:
        """Raise RefusedError when the engine does not know the resource type."""
        if not self.package(kind).supports(kind):
            raise RefusedError(
                f"the built-in engine does not support the resource type '{kind}' "
                f"(resource '{name}'); preview this program with the Pulumi CLI"
            )

    def configure(self, reference: str, urn: str, inputs: Properties) -> None:
        """Make a provider with these inputs available under the reference."""
        self._providers[reference] = self._configured(urn, inputs)

    def _configured(self, urn: str, inputs: Properties) -> Provider:
        if contains(visible(inputs), Unknown):
            return UnconfiguredProvider()
        return self.package(type_of(urn)).configure(urn, visible(inputs))

    def provider(self, reference: str) -> Provider | None:
        """The provider a reference names, None when it has not been configured."""
        return self._providers.get(reference)

    def check(self, urn: str, old_inputs: Properties | None, new_inputs: Properties) -> Checked:
        """Check the configuration of a provider resource."""
        del old_inputs  # no package looks at them
        checked = self.package(type_of(urn)).check_config(visible(new_inputs))
        kept = {key: new_inputs[key] for key in (_INTERNAL, "version") if key in new_inputs}
        return Checked({**checked.inputs, **kept}, checked.failures)

    def diff(self, comparison: Comparison) -> Difference:
        """How the configuration of a provider resource differs."""
        package = self.package(type_of(comparison.urn))
        return package.diff_config(comparison.old_outputs, visible(comparison.new_inputs))

    def preview_create(self, urn: str, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """Configure the new provider under the id that stands for one yet to be made."""
        del call
        self.configure(f"{urn}::{UNKNOWN_TEXT}", urn, inputs)
        return UNKNOWN_TEXT, visible(inputs)

    def preview_update(self, comparison: Comparison, call: Call) -> Properties:
        """The outputs of an updated provider."""
        del call
        return visible(comparison.new_inputs)

    def create(self, urn: str, inputs: Properties, call: Call) -> Made:
        """Configure the new provider under an id of its own."""
        del call
        given = str(uuid.uuid4())
        self.configure(f"{urn}::{given}", urn, inputs)
        return Made(given, visible(inputs))

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """Configure the provider anew, under the id it has."""
        del call
        self.configure(f"{comparison.urn}::{comparison.id}", comparison.urn, comparison.new_inputs)
        return visible(comparison.new_inputs)

    def delete(self, existing: Existing, call: Call) -> None:
        """A provider is a record, and nothing outside of it."""

    def read(self, existing: Existing, call: Call) -> Existing:
        """A provider is what is recorded of it."""
        del call
        return existing


class UnconfiguredProvider:
    """Stands for a provider whose configuration is not known yet: it knows nothing."""

    def check(self, urn: str, old_inputs: Properties | None, new_inputs: Properties) -> Checked:
        """The inputs as given."""
        del urn, old_inputs
        return Checked(new_inputs)

    def diff(self, comparison: Comparison) -> Difference:
        """Raises Unpredictable, always."""
        del comparison
        raise Unpredictable(
            "the provider of this resource has inputs that are not known before the deployment; "
            "this preview may not show all that will change"
        )

    def preview_create(self, urn: str, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """Nothing is known of the outputs."""
        del urn, inputs, call
        return "", {}

    def preview_update(self, comparison: Comparison, call: Call) -> Properties:
        """Nothing is known of the outputs."""
        del comparison, call
        return {}

    def create(self, urn: str, inputs: Properties, call: Call) -> Made:
        """Raises ProviderError, always."""
        del inputs, call
        raise _unconfigured(urn)

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """Raises ProviderError, always."""
        del call
        raise _unconfigured(comparison.urn)

    def delete(self, existing: Existing, call: Call) -> None:
        """Raises ProviderError, always."""
        del call
        raise _unconfigured(existing.urn)

    def read(self, existing: Existing, call: Call) -> Existing:
        """Raises ProviderError, always."""
        del call
        raise _unconfigured(existing.urn)


def _unconfigured(urn: str) -> ProviderError:
    return ProviderError(
        f"the provider of '{urn}' has inputs that are not known, so nothing can be done with it"
    )


def missing_provider(reference: str, urn: str) -> EngineError:
    """The error for a resource whose provider does not exist."""
    return EngineError(f"the provider '{reference}' of this resource does not exist", urn)
