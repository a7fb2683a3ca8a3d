"""A program with an API token, before the portal."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from portal.tenancy import tokens
from portal.tenancy.models import StaffRole, User
from portal.tenancy.rights import Right
from tests.world import person

TOKEN, KEYS = "/api/v1/token", "/api/v1/vendor-keys"


@dataclass
class Program:
    """A program, the person of its token, and the token's text."""

    owner: User
    text: str

    def get(self, path: str = TOKEN, *, header: str | None = None, **headers: str) -> HttpResponse:
        """Request something with the token, or with another header."""
        given = f"Bearer {self.text}" if header is None else header
        return Client().get(path, headers={**headers, **({"Authorization": given} if given else {})})

    def post(self, path: str, body: object) -> HttpResponse:
        """Send JSON with the token; bytes and text are sent as they are."""
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        given = {"Authorization": f"Bearer {self.text}"}
        return Client().post(path, data, content_type="application/json", headers=given)


def program(owner: User | None = None, **given: Any) -> Program:
    """A program of the vendor's operator, or of somebody else."""
    owner = owner or person("pusher@vendor.example", is_staff=True, staff_role=StaffRole.OPERATOR)
    given = {"scopes": [Right.VENDOR_KEYS], **given}
    _, text = tokens.create(person=owner, name="Pusher", actor="command line", **given)
    return Program(owner, text)


def code_of(answer: HttpResponse) -> tuple[int, str]:
    """Status and code of an error."""
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]
