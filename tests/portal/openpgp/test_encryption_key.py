"""Which key is encrypted to, of certificates as GnuPG lists them, and the reason where there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.openpgp.certificate_structure import CertificateStructure
from portal.openpgp.encryption_key import encryption_key
from portal.openpgp.keymaterial import KeyMaterial
from portal.openpgp.listed_certificates import ListedCertificate, ListedKey
from portal.openpgp.refusals import CertificateRefused

NOW = datetime(2026, 11, 29, tzinfo=UTC)
PAST, FUTURE = NOW - timedelta(days=30), NOW + timedelta(days=30)
ALGORITHMS = {
    "cv25519": KeyMaterial(4, 18, "Cv25519", 0, 0, ""),
    "elgamal": KeyMaterial(4, 16, "ElGamal 2048", 2048, 0, ""),
    "brainpool": KeyMaterial(4, 18, "Brainpool P256r1", 0, 0, ""),
    "x25519": KeyMaterial(4, 25, "X25519", 0, 0, ""),
    "ed448": KeyMaterial(4, 28, "Ed448", 0, 0, ""),
    "kyber": KeyMaterial(5, 8, "Kyber, version 5", 0, 0, ""),
}
PRIMARY = "F" * 40


class Certificates:
    """Subkeys are added the oldest first; each is named by its last digit."""

    def __init__(self, *, validity: str = "-", expires_at: datetime | None = None, capabilities: str = "sc") -> None:
        self.primary = ListedKey(PRIMARY[-16:], validity, capabilities, 0, expires_at)
        self.keys = {PRIMARY[-16:]: KeyMaterial(4, 22, "Ed25519", 0, 0, PRIMARY)}
        self.subkeys: list[ListedKey] = []
        self.foreign: tuple[KeyMaterial, ...] = ()

    def add(
        self, algorithm: str, *, validity: str = "-", expires_at: datetime | None = None, lists_as: str = "e"
    ) -> "Certificates":
        number = len(self.subkeys) + 1
        fingerprint = f"{number:040X}"
        material = ALGORITHMS[algorithm]
        if material.version != 4:
            self.foreign += (material,)
            return self
        own = KeyMaterial(4, material.algorithm, material.name, material.bits, number, fingerprint)
        self.keys[fingerprint[-16:]] = own
        self.subkeys.append(ListedKey(fingerprint[-16:], validity, lists_as, number, expires_at))
        return self

    def chosen(self) -> int:
        listed = ListedCertificate(PRIMARY, self.primary, tuple(self.subkeys), ("Ada",))
        parsed = CertificateStructure((), self.keys[PRIMARY[-16:]], self.keys, self.foreign)
        return int(encryption_key(listed, parsed, NOW).key_id, 16)

    def refusal(self) -> str:
        with pytest.raises(CertificateRefused) as refused:
            self.chosen()
        self.message = refused.value.message
        return self.message.code.removeprefix("openpgp.")


def test_the_newest_subkey_is_chosen_of_those_that_both_programs_can_use() -> None:
    assert Certificates().add("cv25519").add("cv25519").chosen() == 2
    assert Certificates().add("cv25519").add("elgamal").add("brainpool").chosen() == 1
    assert Certificates().add("cv25519").add("cv25519", validity="e", expires_at=PAST).chosen() == 1
    assert Certificates().add("cv25519", expires_at=FUTURE).add("kyber").chosen() == 1


def test_the_primary_key_serves_where_it_can_encrypt() -> None:
    assert Certificates(capabilities="esc").chosen() == int(PRIMARY[-16:], 16)


@pytest.mark.parametrize(("algorithm", "code"), [("elgamal", "subkey_too_weak"), ("brainpool", "subkey_not_supported")])
def test_a_valid_subkey_of_another_algorithm_is_the_reason(algorithm: str, code: str) -> None:
    certificate = Certificates().add(algorithm).add("cv25519", validity="r")
    assert certificate.refusal() == code
    assert certificate.message.params == {"algorithm": ALGORITHMS[algorithm].name, "fingerprint": PRIMARY}


@pytest.mark.parametrize("algorithm", ["x25519", "kyber"])
def test_a_new_encryption_algorithm_that_gnupg_does_not_list_is_named(algorithm: str) -> None:
    certificate = Certificates().add("ed448", lists_as="s").add(algorithm, lists_as="")
    assert certificate.refusal() == "subkey_not_supported"
    assert certificate.message.params["algorithm"] == ALGORITHMS[algorithm].name


def test_without_any_encryption_subkey_it_can_only_sign() -> None:
    assert Certificates().add("ed448", lists_as="s").refusal() == "no_encryption_key"


def test_it_is_told_apart_what_expired() -> None:
    key = {"validity": "e", "expires_at": PAST}
    assert Certificates(**key).add("cv25519", validity="e").refusal() == "expired"
    both = Certificates(**key).add("cv25519", **key)
    assert (both.refusal(), both.message.params["subkey"]) == ("both_expired", f"{1:040X}")
    only = Certificates().add("cv25519", **key)
    assert (only.refusal(), only.message.params["subkey"]) == ("subkey_expired", f"{1:040X}")
    assert Certificates(**key).add("cv25519", **key).add("cv25519", validity="e").refusal() == "expired"


def test_a_revocation_is_reported_before_an_older_expiry() -> None:
    assert Certificates(validity="r").add("cv25519").refusal() == "revoked"
    certificate = Certificates().add("cv25519", validity="e", expires_at=PAST).add("cv25519", validity="r")
    assert certificate.refusal() == "subkey_revoked"
