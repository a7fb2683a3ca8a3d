"""The English of what a changed declaration does to an integration."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "change.two_effects": Entry(_("%(first)s %(second)s")),
    "change.confirm_loss": Entry(_("%(effect)s"), _("Confirm this change.")),
    "change.setting_fixed": Entry(
        _("This setting is %(value)s and cannot be changed. Set up another integration for another stream.")
    ),
    "change.recipients_fixed": Entry(
        _("The key is already encrypted and its secret is not stored, so its recipients cannot be changed.")
    ),
    "change.to_role": Entry(
        _(
            "The vendor's sender assumes a role instead of using the access key. Both work until the sender reports "
            "that it sends with the role; then the key is deleted with its IAM user."
        )
    ),
    "change.to_user": Entry(
        _(
            "The vendor's sender gets an access key instead of assuming the role. Both work until the sender reports "
            "that it sends with the key; then the role is deleted."
        )
    ),
    # Capacity.
    "change.to_on_demand": Entry(
        _(
            "Records keep flowing during the switch. Afterwards AWS scales the stream automatically and charges per "
            "hour and per GB in and out instead of per shard."
        )
    ),
    "change.to_provisioned": Entry(
        _(
            "Records keep flowing during the switch. The stream first keeps its current shards, then Sluice changes "
            "them to %(shards)s in steps. Afterwards AWS charges per shard and hour."
        )
    ),
    "change.mode_switches_left": Entry(
        _("AWS allows %(limit)s capacity mode switches in 24 hours. Left after this one: %(left)s.")
    ),
    "change.mode_switches_used": Entry(
        _(
            "AWS allows %(limit)s capacity mode switches in 24 hours, and Sluice has used %(used)s. The next switch is "
            "possible from %(possible_at)s."
        )
    ),
    "change.shards_in_one_change": Entry(_("The shard count is updated in one change.")),
    "change.shards_in_changes": Entry(_("The shard count is updated in %(needed)s changes (%(counts)s).")),
    "change.shard_limit": Entry(
        _("AWS allows changes to between half and twice the current count, %(limit)s times in 24 hours.")
    ),
    "change.shard_changes_used": Entry(_("Sluice has used %(used)s of these changes.")),
    "change.shards_while_updating": Entry(
        _("Records keep flowing. Records of one partition key may be read from an old and a new shard for a while.")
    ),
    "change.shards_faster": Entry(_("AWS is faster if the count changes by 25, 50, 75 or 100 %%.")),
    "change.faster_counts": Entry(_("Faster counts near it: %(counts)s.")),
    "change.too_many_shard_changes": Entry(_("Going from %(was)s to %(now)s shards takes %(needed)s changes.")),
    "change.shards_possible_now": Entry(_("You can change to %(count)s shards now.")),
    "change.shards_possible_later": Entry(_("The next change is possible from %(possible_at)s.")),
    # Other settings of the stream.
    "change.retention_shortened": Entry(
        _("Records older than %(hours)s hours are deleted immediately. This cannot be undone.")
    ),
    "change.retention_extended": Entry(_("Existing records are stored longer. More than 24 hours costs extra.")),
    "change.encryption_off": Entry(_("New records are stored unencrypted. Existing records stay encrypted.")),
    "change.encryption_aws_key": Entry(_("New records are encrypted with this key. Existing records are not changed.")),
    "change.encryption_own_key": Entry(
        _(
            "New records are encrypted with this key. Existing records are not changed. The producer policy and the "
            "Firehose role get permission to use the key."
        )
    ),
    "change.encryption_new_key": Entry(
        _(
            "New records are encrypted with this key. Existing records are not changed. AWS charges a monthly fee for "
            "a KMS key. The producer policy and the Firehose role get permission to use the key."
        )
    ),
    "change.record_limit_lowered": Entry(_("Larger records are rejected. Existing records stay readable.")),
    "change.record_limit_raised": Entry(
        _(
            "For occasional large records: a shard still accepts 1 MB/s, and AWS recommends that less than 2 %% of the "
            "records be larger than %(recommended_kib)s KiB. Applications that read the stream must support them."
        )
    ),
    "change.shard_metrics_on": Entry(_("Seven metrics per shard, charged by CloudWatch.")),
    "change.shard_metrics_off": Entry(_("Metrics no longer show which shard is overloaded.")),
    "change.tag_added": Entry(_("Added to the data stream. It can take a day to appear on your bill.")),
    "change.tag_updated": Entry(_("Changed on the data stream.")),
    "change.tag_removed": Entry(_("Removed from the data stream. Tags that Sluice did not add are kept.")),
    # The endpoint.
    "change.endpoint": Entry(
        _(
            "The access key stays valid. Its file still contains %(before)s and is not created again. Ask the producer "
            "to send records to %(after)s instead."
        )
    ),
    "change.old_endpoint_works": Entry(_("Until then %(before)s keeps working.")),
    "change.fips_endpoints": Entry(_("Sluice uses FIPS endpoints of AWS for this integration.")),
    "change.standard_endpoints": Entry(_("Sluice uses the standard endpoints of AWS for this integration.")),
    "change.endpoint_required": Entry(
        _(
            "AWS then rejects every record that is not sent through %(endpoint)s. Switch the producer over first and "
            "check that records arrive. Records that it cannot send are lost."
        )
    ),
    "change.endpoint_not_required": Entry(_("The producer’s policy accepts records from anywhere again.")),
    # Deliveries.
    "change.delivery_created": Entry(
        _("Creates Firehose stream %(name)s with its role and log group. It delivers new records.")
    ),
    "change.bucket_created": Entry(_("Creates bucket %(bucket)s.")),
    "change.delivery_removed": Entry(
        _("Deletes Firehose stream %(name)s, its role and its log group. The data stream and the access key are kept.")
    ),
    "change.bucket_used_elsewhere": Entry(_("Bucket %(bucket)s is kept for another delivery.")),
    "change.bucket_kept_with_objects": Entry(_("Bucket %(bucket)s is kept if it holds objects.")),
    "change.bucket_kept": Entry(_("Bucket %(bucket)s existed before and is kept.")),
    "change.bucket": Entry(_("New files go to the new bucket. The old bucket is kept if it holds objects.")),
    "change.bucket_owner_fixed": Entry(
        _("The owner of a bucket cannot be changed. Choose another bucket, or undo this change.")
    ),
    "change.destination_fixed": Entry(
        _("The destination type of a Firehose stream cannot be changed. Add a new delivery and remove this one.")
    ),
    "change.cannot_be_turned_off": Entry(_("AWS does not allow turning this off again.")),
    "change.add_another_delivery": Entry(_("Add a new delivery and remove this one.")),
    # Settings of a delivery.
    "change.log_retention": Entry(
        _(
            "Applies to the log group, also to earlier delivery errors: AWS deletes those that are older, usually "
            "within 72 hours."
        )
    ),
    "change.within_a_minute": Entry(_("Takes effect within a minute.")),
    "change.fixed_at_creation": Entry(_("Cannot be changed after the Firehose stream is created.")),
    "change.bucket_encryption": Entry(
        _("Applies to new objects. The role is updated. Applications that read them need access to the key.")
    ),
    "change.files": Entry(_("Applies to new files.")),
    "change.lines_in_files": Entry(
        _("Applies to new files: with a newline after each record, most tools read one record per line.")
    ),
    "change.files_and_role": Entry(_("Applies to new files. The role is updated.")),
    "change.file_prefix": Entry(_("Applies to new files. Existing files are not moved. The role is updated.")),
    "change.files_in_two_formats": Entry(_("Applies to new files. Your applications must read both formats.")),
    "change.buffer_interval": Entry(_("In seconds. Takes effect within a minute.")),
    "change.buffer_size": Entry(_("In MB. Takes effect within a minute.")),
    "change.records": Entry(_("Applies to new records. Existing objects stay.")),
    "change.records_and_role": Entry(_("Applies to new records. The role is updated.")),
    "change.role": Entry(_("The role’s permissions are updated.")),
    "change.rows": Entry(_("Applies to new rows.")),
    "change.rows_of_account": Entry(_("New rows go to the new account.")),
    "change.rows_of_table": Entry(_("New rows go to the new table.")),
    "change.url": Entry(_("New records go to the new URL.")),
    "change.collector": Entry(_("New events go to the new collector.")),
    "change.cluster": Entry(_("New records go to the new cluster.")),
    "change.table": Entry(_("New records go to the new table.")),
    "change.catalog": Entry(_("New records go to the new catalog. The role is updated.")),
    "change.tables": Entry(_("New records go to these tables. The role is updated.")),
    "change.domain": Entry(_("New records go to the new domain. The role is updated.")),
    "change.collection": Entry(_("New records go to the new collection. The role is updated.")),
    "change.index": Entry(_("New records go to the new index.")),
    "change.index_and_role": Entry(_("New records go to the new index. The role is updated.")),
    "change.next_index": Entry(_("Applies to the next index.")),
    "change.documents": Entry(_("Applies to new documents.")),
}
