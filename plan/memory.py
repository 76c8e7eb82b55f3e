"""A program that plans -> one that spends less time on looking for garbage."""

import atexit
import gc

# New objects between two looks of the collector; Python's own 700 has it look all the time.
OBJECTS_BETWEEN_LOOKS = 100_000


def expect_lasting_values() -> None:
    """Let the collector pass over what is there, and look less often at what is made.

    Plans and texts are frozen values that last as long as the program and form no cycles, so each
    look of the collector walks over all of them and finds nothing: half of the time of a mesh of
    400 sites. For programs alone, at their beginning; what is imported never calls it.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
    # The interpreter looks through all of it once more at its end, when nothing is left to win.
    atexit.register(gc.freeze)
