"""Where requests to AWS would go: they are noted and answered here, and nothing leaves this machine."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

_ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAEXAMPLEEXAMPLE12</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>A:run</AssumedRoleId>
<Arn>arn:aws:sts::111122223333:assumed-role/SluiceAccess/run</Arn></AssumedRoleUser></AssumeRoleResult>
</AssumeRoleResponse>"""

_REFUSED = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"


class _Raw:
    def __init__(self, text: str) -> None:
        self.text = text.encode()

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.text


def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every address from now on. Roles are taken on; all else AWS refuses."""
    sent: list[str] = []

    def send(self: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        sent.append(request.url)
        body = _text(request.body)
        if "Action=AssumeRole" in body:
            return AWSResponse(request.url, 200, {}, _Raw(_ASSUMED))
        return AWSResponse(request.url, 403, {}, _Raw(_REFUSED if "Action=" in body else "{}"))

    monkeypatch.setattr(URLLib3Session, "send", send)
    return sent


def hosts(sent: list[str]) -> set[str]:
    """The hosts of addresses."""
    return {urlsplit(address).netloc for address in sent}


def _text(body: Any) -> str:
    return body.decode(errors="replace") if isinstance(body, bytes | bytearray) else str(body or "")
