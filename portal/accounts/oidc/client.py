"""The authorization code flow with PKCE, state and nonce; knows no Django and no database.

https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth, RFC 7636 (PKCE), RFC 9207 (issuer in the response).
"""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.messages.message import Message
from portal.outbound import fetch
from portal.outbound.post import NotDelivered
from portal.outbound.url import AddressRefused

LEEWAY_SECONDS = 60
# Signatures with a public key only: "none" and shared secrets are refused, whatever the token says.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
# https://www.rfc-editor.org/rfc/rfc8176: the others name single methods, of which one alone is no second factor.
SECOND_FACTOR = "mfa"
_NAMES_ITSELF = "authorization_response_iss_parameter_supported"


class SignOnFailed(Exception):
    """A sign-on that did not succeed; `message` says why, without anything of a token."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and what the portal is to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    is_development: bool = False  # it may be on this machine


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sign-on must give back: kept in the session of the browser that began it."""

    state: str
    nonce: str
    verifier: str

    def as_dict(self) -> dict[str, str]:
        """Return what the session stores."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Claims:
    """Who signed on: the subject is unique at its issuer, and nothing else is used to find a person."""

    issuer: str
    subject: str
    has_second_factor: bool


def new_attempt() -> Attempt:
    """Return a new attempt."""
    return Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))


def authorization_url(provider: Provider, attempt: Attempt, redirect_uri: str) -> str:
    """Return the provider's address to which the browser is sent. Raises SignOnFailed."""
    challenge = hashlib.sha256(attempt.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    endpoint = _metadata(provider)["authorization_endpoint"]
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"


def claims_of(provider: Provider, attempt: Attempt, answer: Mapping[str, str], redirect_uri: str) -> Claims:
    """Return who signed on, of the provider's answer to the browser. Raises SignOnFailed."""
    if not _is_same(answer.get("state", ""), attempt.state):
        raise SignOnFailed(Message("accounts.sign_on_not_begun"))
    metadata = _metadata(provider)
    # RFC 9207 section 2.4: one that says that it names itself does so in every answer, so another's has no other name.
    unnamed = "" if metadata[_NAMES_ITSELF] else provider.issuer
    if answer.get("iss", unnamed) != provider.issuer or "code" not in answer:
        raise SignOnFailed(Message("accounts.sign_on_refused", issuer=provider.issuer))
    token = _token(provider, metadata, attempt, answer["code"], redirect_uri)
    keys = _fetched(urllib.request.Request(metadata["jwks_uri"]), provider)  # noqa: S310  (checked in _metadata)
    return _checked(provider, attempt, token, keys)


def _metadata(provider: Provider) -> dict[str, str]:
    """Return the provider's endpoints: https://openid.net/specs/openid-connect-discovery-1_0.html section 4.3."""
    url = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _fetched(urllib.request.Request(url), provider)  # noqa: S310  (the issuer is checked when it is stored)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != provider.issuer or not all(
        is_allowed(found.get(name), is_development=provider.is_development) for name in names
    ):
        raise SignOnFailed(Message("accounts.sign_on_misconfigured", issuer=provider.issuer))
    return {name: str(found[name]) for name in names} | {_NAMES_ITSELF: "yes" if found.get(_NAMES_ITSELF) else ""}


def is_allowed(url: object, *, is_development: bool) -> bool:
    """Return whether a provider may have this address: https, or on this machine if it is a developer's."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        host = parts.hostname
    except ValueError:
        return False
    is_here = is_development and parts.scheme == "http" and host in {"localhost", "127.0.0.1"}
    return bool(host) and (parts.scheme == "https" or is_here)


def _token(provider: Provider, metadata: dict[str, str], attempt: Attempt, code: str, redirect_uri: str) -> str:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": attempt.verifier,
    }
    pair = ":".join(map(_form_encoded, (provider.client_id, provider.client_secret)))
    headers = {
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    request = urllib.request.Request(metadata["token_endpoint"], urlencode(form).encode(), headers)  # noqa: S310  (as above)
    token = _fetched(request, provider).get("id_token")
    if not isinstance(token, str):
        raise SignOnFailed(Message("accounts.sign_on_refused", issuer=provider.issuer))
    return token


def _checked(provider: Provider, attempt: Attempt, token: str, keys: Any) -> Claims:
    """Validate an ID token: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation."""
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, exp={"essential": True}, iat={"essential": True}).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SignOnFailed(Message("accounts.sign_on_token", issuer=provider.issuer)) from None
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    is_ours = provider.client_id in audiences and claims.get("azp", provider.client_id) == provider.client_id
    is_fresh = _is_same(str(claims.get("nonce", "")), attempt.nonce)
    subject = claims.get("sub")
    if (
        claims.get("iss") != provider.issuer
        or not is_ours
        or not is_fresh
        or not isinstance(subject, str)
        or not subject
    ):
        raise SignOnFailed(Message("accounts.sign_on_token", issuer=provider.issuer))
    methods = claims.get("amr")
    return Claims(provider.issuer, subject, isinstance(methods, list) and SECOND_FACTOR in methods)


def _fetched(request: urllib.request.Request, provider: Provider) -> dict[str, Any]:
    try:
        found = json.loads(fetch.fetched(request, is_development=provider.is_development))
    except AddressRefused:
        raise SignOnFailed(Message("accounts.sign_on_misconfigured", issuer=provider.issuer)) from None
    except (urllib.error.HTTPError, ValueError, RecursionError):
        raise SignOnFailed(Message("accounts.sign_on_refused", issuer=provider.issuer)) from None
    except (OSError, HTTPException, NotDelivered):
        raise SignOnFailed(Message("accounts.sign_on_unreachable", issuer=provider.issuer)) from None
    if not isinstance(found, dict):
        raise SignOnFailed(Message("accounts.sign_on_refused", issuer=provider.issuer))
    return found


def _is_same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode(errors="replace"), expected.encode())  # of text, it takes ASCII alone


def _form_encoded(text: str) -> str:
    return urlencode({"": text})[1:]  # RFC 6749 section 2.3.1
