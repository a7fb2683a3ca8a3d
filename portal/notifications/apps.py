from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Register who is notified of an endpoint that was disabled."""
        from portal.notifications import webhook_services
        from portal.outbox import endpoint_failures

        endpoint_failures.register(webhook_services.notify_of_disabled)
