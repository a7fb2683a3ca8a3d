"""`python -m portal.local.imitation_redis HOST PORT`: fakeredis' TCP server, where no real Redis can be had."""

import signal
import sys

from fakeredis import TcpFakeServer


def main(host: str, port: int) -> None:
    """Serve until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    TcpFakeServer((host, port), server_type="redis").serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
