"""What a web process does at once when it is asked to stop.

uvicorn closes its port on SIGTERM and then waits for open responses; ASGI's lifespan says that the process stops only
after that. An event stream never ends by itself, so the wait would last until the process is killed.
"""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_stop(action: Callable[[], None]) -> None:
    """Run the action in the running event loop when SIGTERM or SIGINT arrives, beside the handler that is set already.

    Outside of the main thread, and of a signal without a handler, it does nothing: no such signal ends a server in
    good order.
    """
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        for number in _STOP_SIGNALS:
            _add(number, loop, action)


def _add(number: signal.Signals, loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> None:
    before = signal.getsignal(number)
    if not callable(before):
        return

    def handle(received: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(action)
        before(received, frame)

    signal.signal(number, handle)
