"""The app of accounts: it watches sign-ins, and gives its secrets to the rotation of keys."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect signals; models cannot be imported before this."""
        from django.contrib.auth.signals import user_logged_in

        from portal.accounts import second_factors, sessions, sign_in_log
        from portal.secret_store import rotation

        user_logged_in.connect(sessions.begin, dispatch_uid="session_of_sign_in")
        sign_in_log.connect()
        rotation.register(second_factors.stored_secrets)
