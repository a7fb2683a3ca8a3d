"""An identity provider on this machine, which checks what a client must do: PKCE, the code once, who the client is.

Its answers can be spoilt (`spoil`), to show that the portal checks them.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT_ID, CLIENT_SECRET = "sluice", "a secret: with & signs"


@dataclass
class Issuer:
    """The provider: who is at its browser now, and what it has given out."""

    url: str = ""
    subject: str = "subject-1"
    email: str = "ada@north.example"
    spoil: Callable[[dict[str, Any]], None] = lambda claims: None
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1"}))
    signing_key: ECKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def authorize(self, query: dict[str, str]) -> str:
        """Sign its person in and return the address to which the browser is sent."""
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        assert "openid" in query["scope"].split()
        assert query["client_id"] == CLIENT_ID
        assert len(query["nonce"]) > 20
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the answer for a code, or None for a request that a provider refuses."""
        begun = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        problem = (
            (begun is None and "code")
            or (list(map(unquote_plus, client)) != [CLIENT_ID, CLIENT_SECRET] and "client")
            or (begun["code_challenge"] != base64.urlsafe_b64encode(challenge).decode().rstrip("=") and "PKCE")
            or (begun["redirect_uri"] != form.get("redirect_uri") and "redirect_uri")
        )
        if problem:
            self.refused.append(problem)
            return None
        now = int(time.time())
        claims = {"iss": self.url, "sub": self.subject, "aud": CLIENT_ID, "exp": now + 300, "iat": now}
        claims |= {"nonce": begun["nonce"], "email": self.email}
        self.spoil(claims)
        token = jwt.encode({"alg": "ES256", "kid": "1"}, claims, self.signing_key or self.key)
        return {"id_token": token, "access_token": "x", "token_type": "Bearer"}

    def get(self, path: str) -> dict[str, Any] | None:
        """Return the document at a path."""
        if path == "/.well-known/openid-configuration":
            ends = {name: f"{self.url}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
            return {"issuer": self.url, **ends}
        return KeySet([self.key]).as_dict(private=False) if path == "/jwks_uri" else None


@contextmanager
def serving() -> Iterator[Issuer]:
    """Serve an issuer on a free port of this machine."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/authorization_endpoint":
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                self.send_response(302)
                self.send_header("Location", issuer.authorize(query))
                self.end_headers()
                return
            self._answer(issuer.get(url.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(issuer.token(form, self.headers["Authorization"]))

        def _answer(self, document: dict[str, Any] | None) -> None:
            body = json.dumps(document or {"error": "invalid_request"}).encode()
            self.send_response(200 if document else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
