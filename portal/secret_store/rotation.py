"""Encrypts stored secrets anew with the newest key; old and new can be read meanwhile.

Every EncryptedField takes part by itself. An app that stores ciphertext elsewhere, as in JSON, registers its source.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from portal.secret_store import store
from portal.secret_store.field import EncryptedField
from portal.secret_store.secret import Secret


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A ciphertext, its owner, and how it is replaced: only if it is still the same, which is the answer."""

    owner: str
    stored: str
    replace: Callable[[str], bool]


Source = Callable[[], Iterator[StoredSecret]]
_SOURCES: list[Source] = []


@dataclass(slots=True)
class Rotation:
    """How many secrets were encrypted anew, had the newest key already, changed meanwhile, and cannot be read."""

    rotated: int = 0
    current: int = 0
    changed_meanwhile: int = 0
    unreadable: int = 0


def register(source: Source) -> None:
    """Let ciphertexts outside of EncryptedFields take part; to be called from `AppConfig.ready`."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def rotate() -> Rotation:
    """Encrypt every stored secret with the newest key. Raises SecretStoreOff."""
    newest, done = store.newest_key_id(), Rotation()
    for secret in _all():
        if store.key_id_of(secret.stored) == newest:
            done.current += 1
            continue
        try:
            text = store.decrypt(secret.stored, owner=secret.owner)
        except store.SecretUnreadable:
            done.unreadable += 1
            continue
        is_replaced = secret.replace(store.encrypt(text, owner=secret.owner))
        done.rotated += is_replaced
        done.changed_meanwhile += not is_replaced
    return done


def used_keys() -> dict[str, int]:
    """Return how many stored secrets each key encrypted, by the key's ID."""
    return dict(Counter(store.key_id_of(secret.stored) for secret in _all()))


def _all() -> Iterator[StoredSecret]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedField):
                yield from _of_field(model, field)
    for source in _SOURCES:
        yield from source()


def _of_field(model: type[models.Model], field: EncryptedField) -> Iterator[StoredSecret]:
    rows = model._base_manager.only("pk", field.bound_to, field.attname).order_by("pk")
    for row in rows.iterator(chunk_size=500):
        if secret := getattr(row, field.attname):
            yield StoredSecret(field.owner(row), secret.stored, _replacement(model, field, row.pk, secret.stored))


def _replacement(model: type[models.Model], field: EncryptedField, pk: object, old: str) -> Callable[[str], bool]:
    def replace(new: str) -> bool:
        with transaction.atomic():
            row = (
                model._base_manager.select_for_update(of=("self",), no_key=True)
                .filter(pk=pk)
                .only("pk", field.attname)
                .first()
            )
            if row is None or getattr(row, field.attname).stored != old:
                return False
            model._base_manager.filter(pk=pk).update(**{field.attname: Secret(new, owner=None)})
            return True

    return replace
