"""An answer that a program has already is not sent again."""

import pytest
from django.test import RequestFactory

from portal.api.answers import is_sent, json_answer


def ask(method: str = "get", **headers: str) -> tuple[int, bytes, bool]:
    request = getattr(RequestFactory(), method)("/", headers=headers)
    answer = json_answer(request, {"a": 1})
    return answer.status_code, answer.content, is_sent(answer, request)


def test_the_tag_stands_for_the_content() -> None:
    first, again, other = (json_answer(RequestFactory().get("/"), {"a": number})["ETag"] for number in (1, 1, 2))
    assert first == again != other
    assert ask() == (200, b'{"a": 1}', True)


@pytest.mark.parametrize("given", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_what_is_known_is_not_sent(given: str) -> None:
    tag = json_answer(RequestFactory().get("/"), {"a": 1})["ETag"]
    assert ask(**{"If-None-Match": given.format(tag=tag)}) == (304, b"", False)


@pytest.mark.parametrize("given", ['"other"', "garbage", ""])
def test_what_is_not_known_is_sent(given: str) -> None:
    assert ask(**{"If-None-Match": given})[0] == 200


def test_nothing_is_sent_to_head() -> None:
    assert ask("head")[2] is False
