"""The tenancy app, and the admin site of the support staff."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class TenancyConfig(AppConfig):
    name = "portal.tenancy"
    label = "tenancy"
    verbose_name = "Tenants and people"

    def ready(self) -> None:
        """End event streams when access ends, and write the links of invitations; models are there from now on."""
        from portal.outbox import kinds
        from portal.tenancy import access_changes, invitations, tenant_invitations

        access_changes.connect()
        for kind in (kinds.INVITATION, kinds.PASSWORD_RESET):
            kinds.register_link(kind, invitations.link_of)
        kinds.register_link(kinds.TENANT_INVITATION, tenant_invitations.link_of, ended=tenant_invitations.why_not_sent)


class SupportAdminConfig(admin_apps.AdminConfig):
    """django.contrib.admin with the support staff's site."""

    default = False
    default_site = "portal.tenancy.site.SupportSite"
