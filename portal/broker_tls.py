"""TLS to the broker: the certificate of a `rediss://` server is verified, as that of every other client of Redis.

Celery's transport takes what `broker_use_ssl` has: `ssl_cert_reqs=none`, which many examples have, accepts any server.
https://docs.celeryq.dev/en/stable/userguide/configuration.html#broker-use-ssl
"""

import ssl
from urllib.parse import parse_qs, urlsplit

from portal.env import BadEnvironment

_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")


def broker_tls(url: str) -> dict[str, object]:
    """Return Celery's `broker_use_ssl` for a URL: what it names, and certificate and host name verified in any case.

    Raises BadEnvironment for a URL that turns the verification off.
    """
    given = {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}
    requested = given.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    if requested != "required" or given.get("ssl_check_hostname", "true").lower() in {"false", "0", "no"}:
        raise BadEnvironment(
            "REDIS_URL or CELERY_BROKER_URL turns off the verification of the server's certificate. Remove "
            "ssl_cert_reqs and ssl_check_hostname; for an authority of your own add ?ssl_ca_certs=/path/to/ca.pem."
        )
    files = {name: given[name] for name in _FILES if name in given}
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True, **files}
