"""An interrupt from the Pulumi CLI -> the end of the program, without a traceback."""

import os
import signal
import threading

# 128 plus the number of SIGINT, as shells count.
INTERRUPTED = 130


def leave_when_interrupted() -> None:
    """End at once on SIGINT, where Python's own handler is in charge.

    When a resource fails, the CLI interrupts the program, and Python's handler would print a
    traceback before the failure that matters. Whoever runs the program inside its own process
    has a handler of its own, and keeps it.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
