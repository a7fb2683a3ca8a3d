"""The outbox in the Django admin: what was said to whom, every attempt, and delivery once more."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from portal.messages.catalogue import explanation_of, text_of
from portal.notifications import redelivery
from portal.outbox.models import Attempt, Channel, OutboxItem
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import Boxed, SeenByStaff
from portal.tenancy.models import User
from portal.tenancy.rights import Right


class AttemptInline(Boxed, SeenByStaff, admin.TabularInline[Attempt, OutboxItem]):
    """Every attempt to deliver a row."""

    model = Attempt
    fields = ["number", "began_at", "ended_at", "is_accepted", "what_was_answered"]
    readonly_fields = ["number", "began_at", "ended_at", "is_accepted", "what_was_answered"]
    extra = 0

    @admin.display(description="answer")
    def what_was_answered(self, attempt: Attempt) -> str:
        """Return the answer in words."""
        return explanation_of(attempt.answer) or "-"


@admin.register(OutboxItem)
class OutboxItemAdmin(SeenByStaff, admin.ModelAdmin[OutboxItem]):
    """What was said, to whom, by which channel, and how far it is. Links with a token are in no row."""

    list_display = ["created_at", "subject", "channel", "to", "tenant", "state", "attempt_count", "due_at"]
    list_filter = ["state", "channel", "kind", "tenant"]
    search_fields = ["uid", "event", "recipient__email"]
    list_select_related = ["tenant", "recipient", "endpoint"]
    fields = [
        *("uid", "kind", "event", "channel", "to", "tenant", "subject", "text", "path"),
        *("state", "attempt_count", "created_at", "due_at", "finished_at", "read_at"),
    ]
    readonly_fields = [
        *("uid", "kind", "event", "channel", "to", "tenant", "subject", "text", "path"),
        *("state", "attempt_count", "created_at", "due_at", "finished_at", "read_at"),
    ]
    inlines = [AttemptInline]
    actions = ["redeliver"]

    @admin.display(description="text")
    def text(self, item: OutboxItem) -> str:
        """Return what is said, in words."""
        return text_of(item.message)

    def has_redeliver_permission(self, request: HttpRequest) -> bool:
        """Allow staff with a role to have rows delivered again."""
        return has_staff_right(request.user, Right.ADMINISTRATION)

    @admin.action(description="Deliver again", permissions=["redeliver"])
    def redeliver(self, request: HttpRequest, selected: QuerySet[OutboxItem]) -> None:
        """Deliver the chosen rows again; notifications of the bell are passed over."""
        rows = list(selected.exclude(channel=Channel.BELL).select_related("tenant", "recipient", "endpoint"))
        for item in rows:
            redelivery.redeliver(item=item, actor=cast(User, request.user))
        found: dict[str, Any] = {"count": len(rows), "all": selected.count()}
        self.message_user(request, "{count} of {all} rows are delivered again.".format(**found), messages.SUCCESS)
