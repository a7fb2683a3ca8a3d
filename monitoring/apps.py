"""The monitoring app: stream health, metrics and sampled records."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "Stream health"

    def ready(self) -> None:
        """Register who may watch a stream's live updates, and what shows a changed connection on its streams.

        Models cannot be imported before this.
        """
        from monitoring import event_topics, tasks
        from onboarding.connections import state_changes

        event_topics.register()
        state_changes.register(tasks.request_showing)
