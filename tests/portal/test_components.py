"""Block tags draw the page's own markup inside a component."""

import pytest
from django.template import Context, Template

from tests.markup import on_one_line


def drawn(source: str, **values: object) -> str:
    return on_one_line(Template(source).render(Context(values)))


def test_a_notice_holds_the_markup_of_the_page() -> None:
    page = drawn(
        '{% notice "attention" "Expired." role="status" id="here" %}<p>{{ name }}</p>{% endnotice %}', name="<b>"
    )
    assert '<div class="notice is-attention" id="here" role="status">' in page
    assert '<p class="notice-title">Expired.</p> <p>&lt;b&gt;</p>' in page
    assert "#attention" in page


@pytest.mark.parametrize(("level", "icon"), [("info", "info"), ("failing", "failing"), ("success", "healthy")])
def test_the_icon_is_the_levels_unless_another_is_named(level: str, icon: str) -> None:
    assert f"#{icon}" in drawn("{% notice level %}{% endnotice %}", level=level)
    assert "#terminal" in drawn('{% notice level icon="terminal" %}{% endnotice %}', level=level)
