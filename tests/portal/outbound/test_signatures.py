"""Signatures of webhooks, with the test vector of the specification's own libraries."""

from base64 import b64decode

from portal.outbound.signatures import headers_of, new_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_vector_of_the_specification() -> None:
    assert headers_of(*SIGNED, signing_secrets=[SECRET]) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": EXPECTED,
    }


def test_two_secrets_make_two_signatures() -> None:
    first, second = headers_of(*SIGNED, signing_secrets=[new_secret(), SECRET])["webhook-signature"].split()
    assert second == EXPECTED
    assert first != second


def test_a_secret_is_random_and_long_enough() -> None:
    found = {new_secret() for _ in range(3)}
    assert len(found) == 3
    assert {len(b64decode(secret.removeprefix("whsec_"))) for secret in found} == {32}
