"""The app of the secret store: it has no tables, only a field for those of other apps, and a command."""

from django.apps import AppConfig


class SecretStoreConfig(AppConfig):
    name = "portal.secret_store"
    label = "secret_store"
    verbose_name = "Secret store"
