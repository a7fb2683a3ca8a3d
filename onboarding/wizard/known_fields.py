"""The fields of each page of the wizard: nothing else is kept in a draft, whatever is sent."""

from functools import cache

from onboarding.deliveries.form_schema import DESTINATION_FORMS
from onboarding.wizard.forms.account import AccountForm, PermissionsForm, RoleForm
from onboarding.wizard.forms.delivery import DeliveryForm
from onboarding.wizard.forms.stream import StreamForm


@cache
def known_fields(page: str) -> frozenset[str]:
    """Return the names of a page's fields, those of every kind of destination among them; none of an unknown page."""
    match page:
        case "connect":
            return frozenset({"choice", *AccountForm.base_fields, *PermissionsForm().fields, *RoleForm.base_fields})
        case "stream":
            return frozenset({"adopt", *StreamForm.base_fields})
        case "delivery":
            return frozenset(name for kind in DESTINATION_FORMS for name in DeliveryForm({"kind": kind}).fields)
        case "recipients":
            return frozenset({"fingerprints", "producer"})
        case _:
            return frozenset()
