"""A program can check what it was given."""

import pytest

from tests.portal.api.programs import program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def test_the_token_describes_itself_without_its_text() -> None:
    pusher = program(days=1)
    answer = pusher.get()
    found = answer.json()
    assert {name: found[name] for name in ("name", "person", "scopes", "usable_scopes")} == {
        "name": "Pusher",
        "person": "pusher@vendor.example",
        "scopes": ["vendor_keys"],
        "usable_scopes": ["vendor_keys"],
    }
    assert pusher.text[13:] not in answer.content.decode()
    assert pusher.get(**{"If-None-Match": answer["ETag"]}).status_code == 304
