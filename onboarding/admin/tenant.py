"""Connections and integrations on a tenant's page."""

from onboarding.admin.connection import ConnectionInline
from onboarding.admin.integration import IntegrationInline
from portal.tenancy.admin import TenantAdmin

TenantAdmin.inlines = [*TenantAdmin.inlines, ConnectionInline, IntegrationInline]
