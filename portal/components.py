"""Block tags around templates of templates/components/, for components that hold markup of the page itself.

A component without such markup is a plain include. Both draw from the same template, so its markup stands in one place.
"""

from django import template
from django.template import Context, Engine
from django.utils.safestring import SafeString

from portal import request_context

register = template.Library()


@register.simple_block_tag(takes_context=True)
def notice(
    context: Context,
    content: SafeString,
    level: str,
    title: str = "",
    *,
    icon: str = "",
    role: str = "",
    id: str = "",
    focus: bool = False,
) -> SafeString:
    """Draw components/notice.html around the content. A title with markup is a .notice-title in the content instead."""
    given = {"level": level, "title": title, "icon": icon, "role": role, "id": id, "focus": focus, "content": content}
    return _drawn(context, "components/notice.html", given)


@register.simple_tag
def request_id() -> str:
    """Return the ID of the request that is being answered, or nothing outside of one."""
    return request_context.origin().request_id


def _drawn(context: Context, name: str, given: dict[str, object]) -> SafeString:
    return Engine.get_default().get_template(name).render(context.new(given))
