"""The tenancy app, and the admin site of the support staff."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class TenancyConfig(AppConfig):
    name = "portal.tenancy"
    label = "tenancy"
    verbose_name = "Tenants and people"

    def ready(self) -> None:
        """End event streams when access ends; models cannot be imported before this."""
        from portal.tenancy import access_changes

        access_changes.connect()


class SupportAdminConfig(admin_apps.AdminConfig):
    """django.contrib.admin with the support staff's site."""

    default = False
    default_site = "portal.tenancy.site.SupportSite"
