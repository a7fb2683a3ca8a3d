"""A device that publishes to the emulator over MQTT with mutual TLS, by paho-mqtt, as the package of a device does.

It asks for the host that AWS IoT names, and connects to 127.0.0.1 instead.
"""

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from portal.local.ministack import HOST

_SECONDS = 30.0


class DeviceDenied(ConnectionError):
    """AWS IoT closed the connection, as it does for everything that is not allowed."""


class MqttDevice:
    """A device with its client ID, and the files of its certificate and private key; without them it presents none."""

    def __init__(self, client_id: str, *, ca_bundle: Path, certificate: Path | None, key: Path | None) -> None:
        self._client = _Client(CallbackAPIVersion.VERSION2, client_id=client_id, reconnect_on_failure=False)
        context = ssl.create_default_context(cafile=str(ca_bundle))
        if certificate and key:
            context.load_cert_chain(certificate, key)
        self._client.tls_set_context(context)

    def connect(self, host: str, port: int) -> None:
        """Connect to the emulator's MQTT port, asking for AWS's host. Raises DeviceDenied."""
        try:
            self._client.connect(host, port)
        except (ssl.SSLError, ConnectionError) as error:
            raise DeviceDenied(str(error)) from error
        self._until(self._client.is_connected)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish a message with QoS 1 and return once AWS has acknowledged it. Raises DeviceDenied."""
        message = self._client.publish(topic, payload, qos=1)
        if message.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise DeviceDenied(topic)
        self._until(message.is_published)

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not holds():
            if self._client.loop(timeout=0.1) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise DeviceDenied("connection closed")
            if time.monotonic() > deadline:
                raise TimeoutError


class _Client(Client):
    def _create_socket_connection(self) -> socket.socket:
        return socket.create_connection((HOST, self._port), timeout=self._connect_timeout)
