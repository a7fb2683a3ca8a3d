"""The onboarding app: connections to AWS accounts, and the data streams set up in them."""

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "onboarding"
    verbose_name = "Onboarding"

    def ready(self) -> None:
        """Register who may watch live updates, and what mails contain; models cannot be imported before this."""
        from onboarding import event_topics, key_mails

        event_topics.register()
        key_mails.register()
