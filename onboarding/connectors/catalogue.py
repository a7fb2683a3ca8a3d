"""Every tool that settings are generated for, in the order in which pages show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from onboarding.connectors import (
    aws_cli,
    aws_lambda,
    flink,
    kafka_connect,
    kcl,
    node_red,
    sas_esp,
    spark,
    telegraf,
    vector,
)
from onboarding.connectors.connector import Connector
from onboarding.connectors.consumed_stream import ConsumedStream
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its key in addresses and on the command line, its own name, a short one, and what generates its settings.

    `has_fanout`: it can read as a registered consumer. `has_role`: it can sign in by a role that it assumes.
    """

    key: str
    title: str
    short_title: str
    generate: Callable[[ConsumedStream], Connector]
    has_fanout: bool
    has_role: bool

    def settings(self, stream: ConsumedStream) -> Connector:
        """Return the tool's settings for a stream, and what of the description the tool cannot use."""
        unused = []
        if stream.fanout_arn and not self.has_fanout:
            unused.append(Message("connector.fanout_unused", tool=self.title))
        if stream.role and not self.has_role:
            unused.append(Message("connector.role_unused", tool=self.title))
        usable = replace(
            stream,
            fanout_arn=stream.fanout_arn if self.has_fanout else "",
            role=stream.role if self.has_role else None,
        )
        found = self.generate(usable)
        return replace(found, notes=(*unused, *found.notes))


_SHORT = {sas_esp.KEY: "SAS ESP", aws_lambda.KEY: "Lambda", kcl.KEY: "KCL 3", spark.KEY: "Spark", flink.KEY: "Flink"}
_WITH_FANOUT = {aws_lambda.KEY, kcl.KEY, spark.KEY, flink.KEY}
_WITHOUT_ROLE = {aws_lambda.KEY, vector.KEY}
_MODULES = (sas_esp, aws_lambda, kcl, aws_cli, node_red, kafka_connect, spark, flink, telegraf, vector)
TOOLS: dict[str, Tool] = {
    module.KEY: Tool(
        key=module.KEY,
        title=module.TITLE,
        short_title=_SHORT.get(module.KEY, module.TITLE),
        generate=module.settings,
        has_fanout=module.KEY in _WITH_FANOUT,
        has_role=module.KEY not in _WITHOUT_ROLE,
    )
    for module in _MODULES
}
