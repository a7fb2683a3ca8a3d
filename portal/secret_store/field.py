"""A model's field that is encrypted at rest: assign text, read a Secret.

The ciphertext is bound to the model, the field and the row, named by another field that is set before the row is
inserted and never changes (`bound_to`). It is in no form, and cannot be searched for.
"""

from typing import Any, NoReturn

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from portal.secret_store import store
from portal.secret_store.secret import Secret


class _Attribute(DeferredAttribute):
    """The field on a row: text that is assigned is encrypted for this row at once."""

    field: "EncryptedField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Secret) or not value:
            return value
        return Secret(value.stored, owner=self.field.owner(instance))

    def __set__(self, instance: models.Model, value: str | Secret) -> None:
        if isinstance(value, str):
            value = Secret(store.encrypt(value, owner=self.field.owner(instance)) if value else "", owner=None)
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.TextField[str | Secret, Secret]):
    """A secret of a row. Saving raises SecretStoreOff where no keys are configured."""

    descriptor_class = _Attribute

    def __init__(self, *args: Any, bound_to: str = "", **kwargs: Any) -> None:
        """Take the name of the field that names the row; keep the secret out of every form."""
        self.bound_to = bound_to
        kwargs.update(editable=False, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what a migration writes."""
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("editable", "blank", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "bound_to": self.bound_to}

    def owner(self, instance: models.Model) -> str:
        """Return the name of the row's secret, to which its ciphertext is bound."""
        row = getattr(instance, self.bound_to)
        if not row:
            raise ValueError(f"{self} of a row without its {self.bound_to}")
        return f"{instance._meta.label_lower}.{self.attname}:{row}"

    def from_db_value(self, value: str | None, *_: Any) -> Secret:
        """Return a value that shows nothing; the row's attribute names its owner."""
        return Secret(value or "", owner=None)

    def to_python(self, value: Any) -> Any:
        """Return the value unchanged: it is text that was assigned, or a Secret."""
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Return the ciphertext; text that was not encrypted is never stored."""
        if isinstance(value, Secret):
            return value.stored
        if value in (None, ""):
            return ""
        raise TypeError(f"{self} is stored encrypted only: assign it to a row, and save that")

    def get_lookup(self, lookup_name: str) -> NoReturn:
        """Refuse every search: equal secrets have different ciphertexts."""
        raise FieldError(f"{self} is encrypted, so it cannot be searched for")

    def value_to_string(self, obj: models.Model) -> str:
        """Return what a serializer writes: the ciphertext."""
        return str(self.value_from_object(obj).stored)
