"""The English of integrations: why a service refuses to change, repair, remove or abandon one."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

ENTRIES = {
    "draft.not_a_draft": Entry(
        _("This integration is no longer a draft."), todo=_("To delete its resources, remove the integration.")
    ),
    "draft.connect_incomplete": Entry(_("The page “Connect your AWS account” is not complete.")),
    "draft.stream_incomplete": Entry(_("The page “Design the stream” is not complete.")),
    "draft.consumers_incomplete": Entry(_("The page “Who receives the data?” is not complete.")),
    "draft.recipients_incomplete": Entry(_("The page “Choose recipients” is not complete.")),
    "draft.delivery_incomplete": Entry(_("The page “Deliver the records” is not complete.")),
    "draft.too_many": Entry(
        _("Your organisation has %(limit)s open drafts, which is the limit."),
        _("Complete one of them first."),
    ),
    "integration.name_taken": Entry(_("Another integration is already named “%(name)s”.")),
    "integration.self_managed": Entry(
        _("This integration is self-managed, so Sluice creates nothing for it."), _("Set up a new one instead.")
    ),
    "integration.was_removed": Entry(_("This integration was removed."), _("Set up a new one instead.")),
    "integration.being_removed": Entry(_("This integration is being removed."), _("Wait until the removal finishes.")),
    "integration.not_set_up": Entry(_("The integration is not set up, so its settings cannot be changed.")),
    "integration.not_repairable": Entry(_("Only an integration that is set up can be repaired.")),
    "integration.not_removable_draft": Entry(
        _("This is a draft. No resources have been created in your account, so there is nothing to remove.")
    ),
    "integration.already_removed": Entry(_("This integration is already removed and has no remaining resources.")),
    "integration.already_abandoned": Entry(_("This integration is already abandoned.")),
    "integration.not_abandonable": Entry(
        _("You can abandon an integration only after its removal failed because Sluice had no access to the account."),
        _("Remove the integration first."),
    ),
    "integration.run_in_progress": Entry(
        _("A run is in progress for this integration."), _("Wait until it finishes, or cancel it.")
    ),
    "drift.run_in_progress": Entry(
        _("A run is in progress for this integration. Sluice checks for drift when the run has finished.")
    ),
    "drift.self_managed": Entry(
        _("This integration is self-managed, so Sluice does not check it for drift or repair it.")
    ),
    "adoption.taken": Entry(_("This stream belongs to the integration %(integration)s."), _("Remove that one first.")),
    "adoption.taken_by_others": Entry(
        _("This stream belongs to an integration of another organisation."), _("Remove that one first.")
    ),
    "adoption.not_confirmed": Entry(
        _("The adoption of this stream is not confirmed."), _("Confirm it on the stream page.")
    ),
    "adoption.no_stream": Entry(
        _("There is no data stream named %(stream)s in %(region)s, so there is none to adopt.")
    ),
    "adoption.another_time": Entry(
        _("The stream of this name was created at %(created)s."),
        _("Check that it is the one you mean, then specify that time."),
    ),
    "adoption.stream_being_deleted": Entry(
        _("Data stream %(stream)s is being deleted in your account."),
        _("Wait for the deletion, or choose another name."),
    ),
    "adoption.stream_of_integration": Entry(
        _(
            "Data stream %(stream)s already exists and belongs to your integration %(integration)s: it has the tag "
            "%(tag)s. Nothing was changed."
        ),
        _("Remove that integration before you adopt the stream, or choose another name."),
    ),
    "adoption.stream_of_others": Entry(
        _(
            "Data stream %(stream)s already exists and belongs to an integration of another organisation or portal: it "
            "has the tag %(tag)s. Nothing was changed."
        ),
        _("Remove that integration before you adopt the stream, or choose another name."),
    ),
    "adoption.key_unreadable": Entry(
        _(
            "Data stream %(stream)s is encrypted with %(key)s, which Sluice's role cannot read, so Sluice cannot keep "
            "its encryption unchanged."
        ),
        _("Allow kms:DescribeKey on that key for the role."),
        Cause.CLIENT,
    ),
    "adoption.adopted": Entry(_("yours, adopted")),
    "adoption.adopted_by": Entry(_("yours, adopted by %(name)s")),
    "credential.not_downloadable": Entry(
        _("This key is not ready or no longer valid, so its encrypted copy cannot be downloaded.")
    ),
    "policy.administrator": Entry(_("Administrator")),
    "policy.administrator_purpose": Entry(_("Administers the stream without reading, writing or deleting it.")),
    "policy.resharding": Entry(_("Resharding")),
    "policy.resharding_purpose": Entry(_("Changes the number of shards.")),
    "policy.producer": Entry(_("Producer")),
    "policy.producer_purpose": Entry(_("Writes records. Sluice attaches it to the vendor's access key.")),
    "policy.consumer": Entry(_("Consumer")),
    "policy.consumer_purpose": Entry(_("Reads records, for your applications, Lambda, Flink or Spark.")),
    "policy.not_a_principal": Entry(
        _("Enter the ARN of an IAM user or role, such as arn:aws:iam::%(account)s:role/data-team.")
    ),
    "policy.principal_in_other_account": Entry(
        _(
            "This principal is in account %(principal_account)s. A policy can be attached only in the stream's own "
            "account, %(account)s."
        ),
        _("For another account, create a role in account %(account)s or use a stream policy."),
    ),
}
