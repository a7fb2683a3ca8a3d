"""A device's package: every file is what its name says, and none has a secret."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

from cryptography import x509

from onboarding.iot.device_package import DeviceFacts, package, package_files
from portal.aws.iot_endpoint import amazon_root_ca

FACTS = DeviceFacts(
    thing="sluice-lamp:1",
    host="example-ats.iot.eu-west-1.amazonaws.com",
    topic="sluice-lobby/sluice-lamp:1/data",
    certificate="-----BEGIN CERTIFICATE-----\n",
    root_ca=amazon_root_ca(),
    keys={"0123456789ABCDEF0123456789ABCDEF01234567": "-----BEGIN PGP MESSAGE-----\n"},
)


def test_its_files_have_no_secret_and_equal_facts_give_equal_bytes() -> None:
    packed = package(FACTS)
    assert packed == package(FACTS)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {
        "README.txt",
        "sluice-lamp_1.certificate.pem",
        "AmazonRootCA1.pem",
        "sluice-lamp_1.private.key.01234567.asc",
        "publish.sh",
        "publish.py",
        "node-red-flow.json",
    }
    assert not any("PRIVATE KEY" in text or "@" in text for text in texts.values())
    assert "sluice-lamp_1.private.key.01234567.asc" in texts["README.txt"]


def test_the_root_certificate_is_amazons() -> None:
    known = x509.load_pem_x509_certificate(package_files(FACTS)["AmazonRootCA1.pem"].encode())
    assert known.subject == known.issuer
    assert known.subject.rfc4514_string() == "CN=Amazon Root CA 1,O=Amazon,C=US"


def test_mosquitto_gets_the_devices_own_name_topic_and_files(tmp_path: Path) -> None:
    script = tmp_path / "publish.sh"
    script.write_text(package_files(FACTS)["publish.sh"], encoding="utf-8")
    tool = tmp_path / "mosquitto_pub"
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    tool.chmod(0o755)
    ran = subprocess.run(
        ["/bin/sh", str(script)], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30, check=True
    )
    given = ran.stdout.splitlines()
    options = dict(zip(given[::2], given[1::2], strict=True))
    assert options == {
        "--cafile": "AmazonRootCA1.pem",
        "--cert": "sluice-lamp_1.certificate.pem",
        "--key": "sluice-lamp_1.private.key",
        "-h": FACTS.host,
        "-p": "8883",
        "-i": FACTS.thing,
        "-q": "1",
        "-t": FACTS.topic,
        "-m": '{"temperature": 21.5}',
    }


def test_python_and_node_red_can_read_theirs() -> None:
    files = package_files(FACTS)
    compile(files["publish.py"], "publish.py", "exec")
    tls, broker, out = json.loads(files["node-red-flow.json"])
    assert (broker["tls"], out["broker"]) == (tls["id"], broker["id"])
    assert (broker["broker"], broker["clientid"], out["topic"]) == (FACTS.host, FACTS.thing, FACTS.topic)
