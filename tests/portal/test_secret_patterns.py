"""What looks like a secret is removed from text, and what does not stays."""

import time

import pytest

from portal.secret_patterns import MOST_CHARACTERS, without_secrets

# Made up, and joined here so that no scanner of repositories takes them for real ones.
ACCESS_KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"
SESSION_KEY_ID = "ASIA" + "Y34FZKBOKMUTVV7A"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjEJr" + "a1B2c3D4e5F6+/" * 20 + "=="
SEED = "JBSWY3DPEHPK3PXP" + "JBSWY3DPEHPK3PXP"
PGP = "-----BEGIN PGP PRIVATE KEY " + "BLOCK-----\n\nlQOYBGVw\n=aBcD\n-----END PGP PRIVATE KEY " + "BLOCK-----"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE " + "KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + "dozjgNryP4J3jVmNHl0w"

# What is logged → the parts of it that must not be.
SECRETS: dict[str, tuple[str, list[str]]] = {
    "an access key ID": (ACCESS_KEY_ID, [ACCESS_KEY_ID]),
    "a session's access key ID": (SESSION_KEY_ID, [SESSION_KEY_ID]),
    "a secret access key": (SECRET_KEY, [SECRET_KEY]),
    "a secret access key as an assignment": (f"AWS_SECRET_ACCESS_KEY={SECRET_KEY}", [SECRET_KEY]),
    "a secret access key in XML": (f"<SecretAccessKey>{SECRET_KEY}</SecretAccessKey>", [SECRET_KEY]),
    "a session token": (SESSION_TOKEN, [SESSION_TOKEN, SESSION_TOKEN[:60]]),
    "an Authorization header": ("Authorization: Bearer abc.def-1, scope=x", ["abc.def-1"]),
    "Basic authorization": ("'Authorization': 'Basic dXNlcjpwYXNz'", ["dXNlcjpwYXNz"]),
    "headers as a dictionary": (str({"Cookie": "sessionid=k3j2h1; csrftoken=zzz9"}), ["k3j2h1", "zzz9"]),
    "a Cookie header": ("Cookie: __Host-sessionid=k3j2h1; theme=dark", ["k3j2h1"]),
    "a Set-Cookie header": ("set-cookie: __Host-csrftoken=zzz9; Path=/", ["zzz9"]),
    "a password in a form": ("username=ada&password=hunter2horse&next=/", ["hunter2horse"]),
    "a password in JSON": ('{"user": "ada", "password": "hunter2 horse"}', ["hunter2", "horse"]),
    "a password in escaped JSON": (r'"{\"new_password1\": \"hunter2 horse\"}"', ["hunter2", "horse"]),
    "a password in Python": ("{'passwd': b'hunter2 horse', 'a': 1}", ["hunter2", "horse"]),
    "a password in a URL": ("postgresql://sluice:hunter2horse@db.example/sluice", ["hunter2horse"]),
    "a password of Redis": ("redis://:hunter2horse@db.example/0", ["hunter2horse"]),
    "a seed for one-time passwords": (SEED, [SEED]),
    "an otpauth address": (f"otpauth://totp/Sluice:ada?secret={SEED}&issuer=Sluice", [SEED]),
    "a one-time password": ("otp=492039", ["492039"]),
    "a recovery code": ("recovery_codes: 8f3k-22ab", ["8f3k-22ab"]),
    "a private OpenPGP key": (PGP, ["lQOYBGVw", "aBcD"]),
    "a private OpenPGP key that is cut off": (PGP[:-40], ["lQOYBGVw"]),
    "a private OpenPGP key in a representation": (repr(PGP), ["lQOYBGVw", "aBcD"]),
    "a private key in PEM": (PEM, ["MIIEowIBAAKCAQEA"]),
    "the link of an invitation": ("GET /accounts/password/MQ/c8z1-0af7651916cd43dd/", ["c8z1-0af7651916cd43dd"]),
    "an encoded link": ("GET /?next=%2Faccounts%2Fpassword%2FMQ%2Fc8z1-0af7651916cd43dd%2F", ["c8z1-0af7651916cd43dd"]),
    "an encoded invitation": ("GET /?next=%2Finvitations%2Fsluice_link_" + "A1b-" * 10 + "%2F", ["A1b-A1b-A1b-"]),
    "a JSON web token": (JWT, [JWT, JWT.split(".")[2]]),
    "a client secret": ('client_secret="hunter2 horse"', ["hunter2", "horse"]),
    "an API token": ("api-key: abc123def", ["abc123def"]),
}
ORDINARY = [
    "run.claimed run=17 owner=worker-1 fence=3",
    "rate_limit.not_counted limit=sign-in fault=ConnectionError",
    "credential.sealed fingerprint=" + "0123456789ABCDEF0123456789ABCDEF01234567",
    "sha256=" + "0123456789abcdef" * 4,
    "arn:aws:iam::111122223333:user/sluice/sluice-northwind-a1b2c3d4e5f6-1",
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
    'File "/srv/sluice/onboarding/provisioning/steps/delivery_stream.py", line 120, in ensure_delivery_stream',
    "-----BEGIN PGP PUBLIC KEY BLOCK-----",
    "the footprint: 12 MB",
    "Access denied: kinesis:PutRecord. The role does not exist.",
]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_removed(name: str) -> None:
    text, parts = SECRETS[name]
    found = without_secrets(f"before {text} after")
    assert [part for part in parts if part in found] == []
    assert found.startswith("before ")


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_line_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_of_an_access_key_id_the_kind_and_the_end_stay() -> None:
    assert without_secrets(f"key {ACCESS_KEY_ID}.") == "key AKIA…MPLE."


@pytest.mark.parametrize(
    "unit", ["a", "A2", "password", "token=", "://a:", "-----BEGIN A", "eyJ", '\\"', " ", "secret: '"]
)
def test_its_time_is_in_proportion_to_the_length(unit: str) -> None:
    text = unit * (MOST_CHARACTERS // 8 // len(unit))
    began = time.process_time()
    without_secrets(text)
    assert time.process_time() - began < 2


def test_what_is_endless_is_cut() -> None:
    assert len(without_secrets("x y " * MOST_CHARACTERS)) < MOST_CHARACTERS + 100
