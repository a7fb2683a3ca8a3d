"""Filters that turn a message into sentences: `{% load sentences %}`, then `{{ step.message|sentence }}`."""

from django import template

from portal.messages.catalogue import advice_of, cause_of, explanation_of, text_of, todo_of
from portal.messages.message import Message

register = template.Library()


@register.filter
def sentence(message: Message | None) -> str:
    """Return what happened or is."""
    return text_of(message)


@register.filter
def todo(message: Message | None) -> str:
    """Return what the reader can do."""
    return todo_of(message)


@register.filter
def cause(message: Message | None) -> str:
    """Return whose side the cause is on."""
    return cause_of(message)


@register.filter
def advice(message: Message | None) -> str:
    """Return the cause and what to do."""
    return advice_of(message)


@register.filter
def explanation(message: Message | None) -> str:
    """Return what happened or is, the cause, and what to do."""
    return explanation_of(message)
