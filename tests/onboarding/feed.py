"""What a test does so that the vendor's feed has what was published in its transaction."""

from django.db import connection

from onboarding.models.vendor_event import VendorEvent


def announced() -> list[tuple[str, str]]:
    """What the vendor learnt of, oldest first: the kind of each event, and the access key that it is about."""
    return list(VendorEvent.objects.order_by("pk").values_list("kind", "access_key_id"))


def commit() -> None:
    """Do what happens at a commit: events get their places."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
