"""The pages of notifications, which belong to a person, and of a tenant's webhooks."""

from django.urls import path

from portal.notifications import views, webhook_views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.notifications_read, name="notifications_read"),
    path("notifications/settings/", views.notification_settings, name="notification_settings"),
    path("notifications/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("t/<slug:slug>/webhooks/", webhook_views.webhooks, name="webhooks"),
    path("t/<slug:slug>/webhooks/<slug:uid>/", webhook_views.webhook, name="webhook"),
]
