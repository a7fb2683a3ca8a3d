"""Producers' roles, and what the vendor's sender reported of them."""

from django.contrib import admin

from onboarding.models.integration import Integration
from onboarding.models.producer_role import ProducerRole
from portal.tenancy.admin_access import Boxed, SeenByStaff


class ProducerRoleInline(Boxed, SeenByStaff, admin.TabularInline[ProducerRole, Integration]):
    """The roles that the vendor assumes to send an integration's records; the newest is the one in use."""

    model = ProducerRole
    fields = ["arn", "state", "created_at", "reported_at", "reported_by", "ready_at", "in_use_at", "left_at"]
    readonly_fields = ["arn", "state", "created_at", "reported_at", "reported_by", "ready_at", "in_use_at", "left_at"]
    extra = 0
