"""The English of devices that send through AWS IoT Core: their declaration, the rule's SQL, and what a run does."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_REMOVE = _("Remove it, or put the message through another rule of your own.")

ENTRIES = {
    # The declaration.
    "name.thing_characters": Entry(
        _("Use 1 to 128 letters, digits, colons, hyphens and underscores, such as sluice-lobby-sensors.")
    ),
    "topic.prefix_too_long": Entry(
        _("A topic prefix has at most %(most)s characters and %(level_count)s levels: devices have levels below it.")
    ),
    "topic.prefix_characters": Entry(
        _(
            "Each level of a topic prefix has letters, digits, colons, hyphens and underscores. Levels are separated "
            "by one slash, such as sluice-lobby/sensors; there is none at the beginning or the end."
        )
    ),
    "topic.prefix_overlaps": Entry(
        _(
            "The topic prefix %(prefix)s overlaps with %(other)s of the integration %(name)s in the same account and "
            "Region: devices of one could publish as devices of the other."
        ),
        _("Choose another topic prefix."),
    ),
    "topic.filter_reserved": Entry(_("A topic filter is not empty and does not begin with $, which AWS reserves.")),
    "topic.filter_too_long": Entry(_("AWS accepts at most %(most)s bytes and %(level_count)s levels.")),
    "topic.hash_not_last": Entry(_("# is allowed only as the whole last level.")),
    "topic.plus_with_text": Entry(_("+ is allowed only as a whole level.")),
    "spec.log_days": Entry(_("AWS keeps log events for other numbers of days, such as 30, 90 or 365.")),
    "sql.too_long": Entry(_("The SQL has more than %(most)s characters.")),
    "sql.too_deep": Entry(_("Character %(position)s: parentheses are nested more than %(most)s levels deep.")),
    "sql.character": Entry(_("Character %(position)s: “%(character)s” is not part of AWS IoT SQL.")),
    "sql.string_not_closed": Entry(_("Character %(position)s: this text has no closing quotation mark (').")),
    "sql.unsupported": Entry(
        _("Character %(position)s: %(word)s is not supported in a rule that Sluice creates."), _REMOVE
    ),
    "sql.the_end": Entry(_("the end")),
    "sql.expected": Entry(_("Character %(position)s: expected %(expected)s, found %(found)s.")),
    "sql.end_expected": Entry(_("Character %(position)s: expected the end of the statement, found %(found)s.")),
    "sql.filter_expected": Entry(
        _("Character %(position)s: expected a topic filter in single quotation marks, found %(found)s.")
    ),
    "sql.alias_expected": Entry(_("Character %(position)s: expected a name after AS, found %(found)s.")),
    "sql.name_expected": Entry(_("Character %(position)s: expected a name after the dot, found %(found)s.")),
    "sql.value_expected": Entry(_("Character %(position)s: expected a field or a value, found %(found)s.")),
    "sql.filter": Entry(_("Character %(position)s: this is not a topic filter. %(reason)s")),
    "sql.unknown_function": Entry(
        _("Character %(position)s: AWS IoT SQL has no function %(name)s, or it calls another service.")
    ),
    "sql.arguments": Entry(
        ngettext_lazy(
            "Character %(position)s: %(name)s has %(found_count)s argument; it takes %(least)s to %(most)s.",
            "Character %(position)s: %(name)s has %(found_count)s arguments; it takes %(least)s to %(most)s.",
            "found_count",
        )
    ),
    "sql.outside_prefix": Entry(
        _("Character %(position)s: the topic filter must begin with %(prefix)s/, where the devices publish.")
    ),
    "connection.devices_need_permission": Entry(
        _("Connection %(connection)s does not allow Sluice to set up devices."),
        _("Allow “%(permission)s” on the page of the AWS account, then update the role."),
    ),
    # Differences between two declarations.
    "setting.devices": Entry(_("Devices")),
    "setting.device_setting": Entry(_("Devices: %(setting)s")),
    "device_setting.thing_type": Entry(_("thing type")),
    "device_setting.thing_group": Entry(_("thing group")),
    "device_setting.topic_prefix": Entry(_("topic prefix")),
    "device_setting.sql": Entry(_("SQL of the rule")),
    "device_setting.partition_key": Entry(_("partition key")),
    "device_setting.log_retention": Entry(_("errors kept for days")),
    "value.devices": Entry(_("things of type %(thing_type)s under %(topic_prefix)s/")),
    "value.partition_even": Entry(_("a new one for each record")),
    "value.partition_device": Entry(_("the device's name")),
    "change.devices_added": Entry(
        _("Sluice creates the thing type, thing group, device policy and topic rule. You add things afterwards.")
    ),
    "change.devices_removed": Entry(
        _("The topic rule is deleted first: from then on, no message of a device reaches the stream.")
    ),
    "change.device_name_fixed": Entry(
        _("Things belong to it, so it cannot be changed. Remove the devices first, then set them up again.")
    ),
    "change.topic_prefix": Entry(
        _("The device policy and the rule change at once. Devices must publish under the new prefix from then on.")
    ),
    "change.rule_updated": Entry(_("The rule is replaced. Messages that arrive later are affected.")),
    # Steps.
    "step.thing_type": Entry(_("Thing type %(name)s exists and accepts things")),
    "step.thing_group": Entry(_("Thing group %(name)s exists")),
    "step.device_policy": Entry(_("Policy %(name)s allows each device to publish below its own name and nothing else")),
    "step.rule_log_group": Entry(_("Log group %(name)s receives errors of the topic rule")),
    "step.rule_role": Entry(_("Role %(name)s allows the topic rule to put records and nothing else")),
    "step.topic_rule": Entry(_("Topic rule %(name)s puts each message into data stream %(stream)s")),
    "removal.topic_rule": Entry(_("Topic rule %(names)s is deleted")),
    "removal.thing_type": Entry(_("Thing type %(names)s is deprecated, and deleted five minutes later")),
    "removal.thing_group": Entry(_("Thing group %(names)s is deleted")),
    "removal.device_policy": Entry(_("Policy %(names)s is deleted with all its versions")),
    "usual.five_minutes": Entry(_("Five minutes: AWS requires them.")),
    "outcome.deprecation_undone": Entry(_("allowed things again")),
    "outcome.rule_replaced": Entry(_("set its SQL and actions")),
    "waiting.thing_type_deprecated": Entry(
        _("The thing type is deprecated. AWS deletes it only five minutes later, so Sluice waits.")
    ),
    "waiting.policy_detaching": Entry(
        _("AWS still counts the policy as attached. After it is detached, that takes up to five minutes.")
    ),
    "waiting.rule_role_propagating": Entry(
        _(
            "AWS IoT cannot use the role yet. A new or changed role takes 5 to 15 seconds to become active, so Sluice "
            "tries again for a minute."
        )
    ),
    "refused.thing_type_deletion": Entry(
        _("AWS did not delete the thing type within 20 minutes of its deprecation."),
        _("AWS's message says why. Correct that, then try again."),
        Cause.CLIENT,
    ),
    "refused.device_policy_attached": Entry(
        _("Policy %(name)s is attached to certificates that Sluice did not create."),
        _("Detach it in the AWS IoT console, then try again."),
        Cause.CLIENT,
    ),
    "refused.rule_role": Entry(
        _("AWS IoT rejects the role of topic rule %(name)s, and not only because the role is new."),
        _("AWS's message says why. Correct that, then try again."),
        Cause.CLIENT,
    ),
    "kept.thing_type_in_use": Entry(_("Things that Sluice did not create are of this type.")),
    "on_removal.thing_type": Entry(_("Deprecated, and deleted five minutes later.")),
    "resource.thing_type": Entry(_("Thing type %(name)s")),
    "resource.thing_group": Entry(_("Thing group %(name)s")),
    "resource.device_policy": Entry(_("Device policy %(name)s")),
    "resource.topic_rule": Entry(_("Topic rule %(name)s")),
    "drift.deprecated": Entry(_("%(resource)s: deprecated")),
    "drift.rule_sql": Entry(_("%(resource)s: SQL")),
    "drift.rule_sql_version": Entry(_("%(resource)s: SQL version")),
    "drift.rule_disabled": Entry(_("%(resource)s: disabled")),
    "drift.rule_actions": Entry(_("%(resource)s: actions")),
    "drift.rule_error_action": Entry(_("%(resource)s: error action")),
    # The plan.
    "plan.thing_type": Entry(_("of every device")),
    "plan.thing_group": Entry(_("holds every device")),
    "plan.device_policy": Entry(_("each device publishes below its own name only")),
    "plan.rule_log_group": Entry(_("errors of the topic rule")),
    "plan.rule_role": Entry(_("used by the topic rule only")),
    "plan.topic_rule": Entry(_("puts each message of a device into the data stream")),
    "plan.device_policy_title": Entry(_("Policy of every device")),
    "plan.rule_role_title": Entry(_("Role of the topic rule")),
}
