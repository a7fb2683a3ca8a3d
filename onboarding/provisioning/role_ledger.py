"""The rows of producers' roles behind a step: each call one transaction that checks that this worker owns the run."""

from django.db.models import QuerySet

from onboarding import vendor_feed
from onboarding.models.producer_role import ProducerRole
from onboarding.models.states import ProducerRoleState
from onboarding.provisioning.fenced_rows import FencedRows


class RoleLedger(FencedRows):
    """The role that the vendor assumes to put records into an integration's stream."""

    def offer_producer_role(self, arn: str) -> None:
        """Commit that the vendor's sender can test the role that it assumes."""
        with self._fenced():
            if not self._current().exists():
                role = ProducerRole.objects.create(integration=self._integration, arn=arn)
                vendor_feed.publish(vendor_feed.Kind.ROLE_READY, self._integration, role=role.uid, role_arn=arn)
                self._record("provisioning:producer-role:created", arn.rpartition("/")[2], {"arn": arn})

    def retire_producer_role(self) -> None:
        """Commit that the vendor's sender can no longer use the role that it assumes."""
        with self._fenced():
            for role in self._current():
                role.state = ProducerRoleState.RETIRED
                role.save(update_fields=["state"])
                self._record("provisioning:producer-role:retired", str(role), {"arn": role.arn})

    def _current(self) -> QuerySet[ProducerRole]:
        return self._integration.producer_roles.exclude(state=ProducerRoleState.RETIRED)
