"""The web process of tests: an application served by uvicorn in a thread, on a free port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from portal.local import ports
from tests.waiting import wait_for

STOP_SECONDS = 20


@contextmanager
def served(application: Any) -> Iterator[str]:
    """Yield the address at which the application is served until the block ends."""
    port = ports.free_port()
    config = uvicorn.Config(application, port=port, lifespan="off", log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
