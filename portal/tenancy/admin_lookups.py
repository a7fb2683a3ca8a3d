"""The filters of the admin's lists: those that a list declares, and no other.

Django allows any lookup of any field of a list's own model in the address, also of fields that no page shows: how many
rows remain reveals `password__startswith` character by character.
https://docs.djangoproject.com/en/5.2/ref/contrib/admin/#django.contrib.admin.ModelAdmin.lookup_allowed
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.filters import FieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.http import HttpRequest

_DATE_PARTS = ("year", "month", "day")


class DeclaredLookups:
    """A ModelAdmin whose list accepts the parameters of its own filters and its date hierarchy."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Return whether one of the list's filters has this parameter."""
        return request is not None and lookup in set(_parameters(self, request))


def _parameters(admin: Any, request: HttpRequest) -> Iterator[str | None]:
    if admin.date_hierarchy:
        yield from (f"{admin.date_hierarchy}__{part}" for part in _DATE_PARTS)
    for declared in admin.get_list_filter(request):
        path, create = (declared, FieldListFilter.create) if isinstance(declared, str) else declared
        field = get_fields_from_path(admin.model, path)[-1]
        yield from create(field, request, {}, admin.model, admin, field_path=path).expected_parameters()
