"""How a cluster's object is recorded: as it is, and beside it what was asked for."""

from __future__ import annotations

from engine.providers.manifest import manifest, marked, metadata, normalised, pruned, with_metadata
from engine.values import Properties, Secret, secret, unwrap_all

INPUTS, API_VERSION, FIELD_MANAGER = "__inputs", "__initialApiVersion", "__fieldManager"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def checkpoint(
    inputs: Properties, live: Properties, manager: str, given: Properties | None = None
) -> Properties:
    """What is recorded, in the form of the Kubernetes provider.

    ``given`` are the inputs with their secrets marked, where ``inputs`` has lost the marks.
    """
    wanted = manifest(inputs)
    shown = _hide_last_applied(live)
    return {
        **marked(shown, given or inputs),
        INPUTS: marked(wanted, given or inputs),
        API_VERSION: str(live.get("apiVersion", "")),
        FIELD_MANAGER: manager,
    }


def _hide_last_applied(live: Properties) -> Properties:
    """Kubectl writes a whole Secret, with its values, into one of its annotations."""
    annotations = metadata(live).get("annotations")
    if live.get("kind") != "Secret" or not isinstance(annotations, dict):
        return live
    if _LAST_APPLIED not in annotations:
        return live
    hidden = {**annotations, _LAST_APPLIED: secret(annotations[_LAST_APPLIED])}
    return with_metadata(live, annotations=hidden)


def live_of(outputs: Properties) -> Properties:
    """The object as it was last seen."""
    return {key: item for key, item in unwrap_all(outputs).items() if key[:2] != "__"}


def inputs_of(outputs: Properties) -> Properties:
    """What was asked for when it was last changed."""
    found = unwrap_all(outputs).get(INPUTS)
    return found if isinstance(found, dict) else {}


def live_inputs(live: Properties, inputs: Properties) -> Properties:
    """The object as far as its author wrote it; all but the server's own fields where unknown."""
    if inputs:
        return pruned(live, normalised(inputs))
    kept = {key: item for key, item in live.items() if key != "status"}
    annotations = metadata(kept).get("annotations")
    if isinstance(annotations, dict):
        left = {key: item for key, item in annotations.items() if key != _LAST_APPLIED}
        kept = with_metadata(kept, annotations=left or None)
    return marked(normalised(kept), {})


def object_id(document: Properties) -> str:
    """The id of an object: its name, behind its namespace where it has one."""
    fields = metadata(document)
    name, namespace = str(fields.get("name", "")), fields.get("namespace")
    return f"{namespace}/{name}" if namespace else name


def annotation(document: Properties, key: str) -> str:
    """The text of an annotation, "" where it is missing."""
    annotations = metadata(document).get("annotations")
    found = annotations.get(key) if isinstance(annotations, dict) else None
    value = found.value if isinstance(found, Secret) else found
    return value if isinstance(value, str) else ""


def annotation_is_true(document: Properties, key: str) -> bool:
    """Whether an annotation says true, as strconv.ParseBool in Go reads it."""
    return annotation(document, key) in {"1", "t", "T", "TRUE", "true", "True"}
