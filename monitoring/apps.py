"""The monitoring app: stream health, metrics and sampled records."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "Stream health"

    def ready(self) -> None:
        """Register who may watch a stream's live updates; models cannot be imported before this."""
        from monitoring import event_topics

        event_topics.register()
