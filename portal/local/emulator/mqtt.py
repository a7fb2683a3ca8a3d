"""AWS IoT's MQTT over mutual TLS: MiniStack's broker, with AWS's rules for who may connect, on 127.0.0.1 only.

MiniStack evaluates the policies of a certificate, with their variables. Its listener would also accept clients
without a certificate, and a certificate of one account at the endpoint of another.
https://docs.aws.amazon.com/iot/latest/developerguide/x509-client-certs.html
https://docs.aws.amazon.com/iot/latest/developerguide/transport-security.html
"""

import asyncio
import os
import ssl
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import iot

HOST = "127.0.0.1"
# A message of AWS has at most 128 KiB: https://docs.aws.amazon.com/general/latest/gr/iot-core.html
MOST_FRAME_BYTES = 129 * 1024
_their_endpoint = iot._describe_endpoint
_their_policy = iot._mqtt_policy_allows
_their_serve = iot._mtls_serve_conn


def describe_endpoint(query: Mapping[str, str]) -> Any:
    """Return the host of the account's devices as AWS names it; it is at the port of this emulator's MQTT."""
    if query.get("endpointType", "iot:Data-ATS") != "iot:Data-ATS":
        return _their_endpoint(dict(query))
    return json_response({"endpointAddress": _host_of(get_account_id(), get_region())})


def tls_context() -> ssl.SSLContext:
    """Return the listener's context: a client must present a certificate that was registered in some account."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a registered certificate is enough, no matter who signed it
    context.load_cert_chain(os.environ["EMULATOR_MQTT_CERTIFICATE"], os.environ["EMULATOR_MQTT_KEY"])
    iot._mtls_loaded_anchors.clear()
    iot._mtls_refresh_trust_anchors(context)
    context.sni_callback = iot._mtls_on_client_hello
    return context


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve a connection, unless its certificate is of another account or Region than the host it asked for."""
    connection = writer.get_extra_info("ssl_object")
    owner = iot._mtls_resolve_identity(connection.getpeercert(binary_form=True))
    asked_for = iot._mtls_server_names.get(connection)
    # Where the client asks for no host of AWS, as one that was given the address of this machine, the account is open.
    if owner and asked_for and asked_for.endswith(".amazonaws.com") and asked_for != _host_of(*owner[:2]):
        writer.close()
        return
    await _their_serve(reader, writer)


def policy_allows(account_id: str, region: str, certificate_id: str, *rest: Any) -> bool:
    """Return whether a certificate may do something: not once it is inactive, also on a connection that is open."""
    record = iot._certificates.get_scoped(account_id, region, certificate_id) or {}
    return record.get("status") == "ACTIVE" and bool(_their_policy(account_id, region, certificate_id, *rest))


async def start() -> None:
    """Listen on 127.0.0.1 alone. Raises OSError if the port is not free."""
    if iot._mtls_server is None:
        loop = asyncio.get_running_loop()
        iot._mtls_server = await loop.create_server(iot._MtlsAcceptor, host=HOST, port=iot._mtls_port())
        iot._mtls_loop = loop


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    iot._max_frame_buffer_bytes = lambda: MOST_FRAME_BYTES
    iot._describe_endpoint = describe_endpoint
    iot._mtls_build_ssl_context = tls_context
    iot._mtls_serve_conn = serve
    iot._mtls_start_locked = start
    iot._mqtt_policy_allows = policy_allows


def _host_of(account_id: str, region: str) -> str:
    return f"{iot._endpoint_prefix(account_id)}-ats.iot.{region}.amazonaws.com"
