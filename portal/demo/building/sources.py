"""What each stream is sent to with: a key or a role, opened, and what is reported once it is in use."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.aws.session import AwsSession
from portal.demo.building import pickup
from portal.demo.building.role_attempts import Offered, sent_record, try_role
from portal.demo.building.vendor_api import PortalUnavailable, VendorApi
from portal.openpgp.decrypt import OpeningFailed

logger = logging.getLogger(__name__)
TRIED_AGAIN_AFTER_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Opened:
    """A session to send with, what it is called in the log, and what reports that it is in use."""

    session: AwsSession = field(repr=False)
    name: str
    to_report: Callable[[], None] | None = None


class Sources:
    """Chooses between the key and the role of a stream, and opens either."""

    def __init__(self, portal: VendorApi, private_key: Path, sender: AwsSession | None) -> None:
        self._portal = portal
        self._pickup = pickup.Pickup(portal)
        self._private_key = private_key
        self._sender = sender
        self._unusable: set[str] = set()
        self._with_role: set[str] = set()
        self._reported: dict[str, dict[str, Any]] = {}
        self._failed_at: dict[str, float] = {}

    def changed(self) -> dict[str, pickup.Delivery | Offered] | None:
        """Return what each integration is to be sent to with, by its uid; None if nothing changed.

        A role is used while it is wanted, or until there is a key. A key that cannot be opened is not among them.
        Raises PortalUnavailable.
        """
        found = self._pickup.changed()
        if found is None:
            return None
        keys = {key.integration_uid: key for key in found}
        roles = {role.integration_uid: role for role in self._offered()}
        self._with_role = set(roles)
        chosen: dict[str, pickup.Delivery | Offered] = {**roles, **keys}
        chosen |= {uid: role for uid, role in roles.items() if role.is_wanted and self._works(role, keys)}
        return {uid: source for uid, source in chosen.items() if source.uid not in self._unusable}

    def opened(self, source: pickup.Delivery | Offered) -> Opened | None:
        """Return a session for a source, or None where it cannot be used now."""
        return self._role(source) if isinstance(source, Offered) else self._key(source)

    def _offered(self) -> list[Offered]:
        try:
            return pickup.offered(self._portal) if self._sender else []
        except PortalUnavailable:
            self._pickup.try_again()
            raise

    def _works(self, role: Offered, keys: dict[str, pickup.Delivery]) -> bool:
        """Return whether to send with a role: as long as its test failed, a key that is there is used."""
        return role.integration_uid not in keys or not self._has_failed(role)

    def _has_failed(self, role: Offered) -> bool:
        failed_at = self._failed_at.get(role.uid)
        return failed_at is not None and time.monotonic() < failed_at + TRIED_AGAIN_AFTER_SECONDS

    def _key(self, delivery: pickup.Delivery) -> Opened | None:
        try:
            key = pickup.collect(self._portal, delivery.uid, private_key=self._private_key)
        except PortalUnavailable as fault:
            logger.warning("%s: the key cannot be fetched: %s", delivery.stream.name, fault)
            self._pickup.try_again()
            return None
        except (OpeningFailed, ValueError) as error:
            logger.warning("%s: the delivered key cannot be used: %s", delivery.stream.name, type(error).__name__)
            self._unusable.add(delivery.uid)
            return None
        aws = AwsSession(region=delivery.stream.region, credentials=key.credentials)

        def report() -> None:
            self._portal.report_key_in_use(delivery.uid, sent_record(aws, delivery.stream))

        # Without a role beside it, there is nothing that Sluice would wait to remove.
        to_report = report if delivery.integration_uid in self._with_role else None
        return Opened(aws, f"access key {key.credentials.access_key_id}", to_report)

    def _role(self, role: Offered) -> Opened | None:
        if self._sender is None or self._has_failed(role):
            self._pickup.try_again()
            return None
        tested = try_role(role, self._sender)
        self._report(role, tested.report)
        if tested.session is None:
            self._failed_at[role.uid] = time.monotonic()
            self._pickup.try_again()
            return None
        in_use = {**tested.report, "in_use": True}
        return Opened(tested.session, f"role {role.role_arn}", lambda: self._portal.report_role(role.uid, in_use))

    def _report(self, role: Offered, report: dict[str, Any]) -> None:
        outcome = {name: value for name, value in report.items() if name != "record"}
        if self._reported.get(role.uid) == outcome:
            return
        try:
            self._portal.report_role(role.uid, report)
            self._reported[role.uid] = outcome
        except PortalUnavailable as fault:
            logger.warning("%s: the test of the role is not reported: %s", role.stream.name, fault)
