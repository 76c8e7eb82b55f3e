"""A name that nobody knows -> the sentence that offers the nearest ones."""

from collections.abc import Iterable

# As many names as one line shows without tiring the reader.
MAX_LISTED = 8


def suggest(name: str, known: Iterable[str]) -> str:
    """Offer the nearest known names, whatever their case, or list them when none is near."""
    # Imported here, because only a description with a fault needs it.
    from difflib import get_close_matches

    names = sorted(set(known))
    plain, asked = {one.lower(): one for one in names}, name.lower()
    if asked in plain:
        return f"did you mean {plain[asked]}?"
    near = [plain[one] for one in get_close_matches(asked, plain, n=2, cutoff=0.6)]
    if near:
        return f"did you mean {' or '.join(near)}?"
    if not names:
        return "there is none yet: describe it first"
    listed = ", ".join(names[:MAX_LISTED])
    return f"known are: {listed}" + (", ..." if len(names) > MAX_LISTED else "")
