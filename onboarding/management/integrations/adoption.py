"""`integration found`, and what plan and apply read from AWS before they adopt a stream."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.connections import selectors
from onboarding.integrations import existing_stream, update
from onboarding.integrations.existing_stream import ExistingStream
from onboarding.management.spec_problems import problems_failed
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.errors import AwsFault
from portal.messages.catalogue import text_of
from portal.messages.message import Message, from_json
from portal.tenancy.command import add_tenant, tenant_called


class AdoptionSubcommands:
    """The subcommand of `integration` that reads an existing stream."""

    adoption_subcommands = {
        "found": gettext_lazy("Print an existing data stream as the part of a spec that adopts it unchanged."),
    }

    def add_found(self, parser: ArgumentParser) -> None:
        """Add the arguments: the stream, its Region, the connection and the tenant."""
        parser.add_argument("stream", help=_("The data stream's name."))
        parser.add_argument("--region", required=True, help=_("The stream's AWS Region."))
        parser.add_argument("--connection", required=True, help=_("The connection's name or uid."))
        add_tenant(parser)

    def do_found(self, options: dict[str, Any]) -> dict[str, Any]:
        """Read the stream from AWS; nothing is changed."""
        tenant = tenant_called(options["tenant"])
        stream = StreamSpec(name=options["stream"], region=options["region"])
        spec = IntegrationSpec(name=stream.name, connection=options["connection"], stream=stream)
        try:
            found = _in_aws(Integration(tenant=tenant), spec)
        except SpecRefused as refused:
            raise problems_failed(refused) from refused
        return {**found.as_dict(), "stream": _plain(found)}

    def say_found(self, answer: dict[str, Any]) -> str:
        """Print the part of the spec, below a comment with the stream's status, consumers and tags."""
        tags = ", ".join(f"{key}={value}" for key, value in answer["tags"].items()) or _("none")
        lines = [_("# %(arn)s: %(status)s, %(consumers)s consumers, tags: %(tags)s") % {**answer, "tags": tags}]
        if answer["obstacle"]:
            lines += [_("# It cannot be adopted: %(reason)s") % {"reason": text_of(from_json(answer["obstacle"]))}]
        return "\n".join([*lines, yaml.safe_dump({"stream": answer["stream"]}, sort_keys=False).rstrip()])


def found_for(integration: Integration, spec: IntegrationSpec) -> ExistingStream | None:
    """Return the stream that a spec adopts anew, as AWS has it now; None where the spec adopts none, or did before.

    Raises SpecRefused where it cannot be adopted, or another one has its name.
    """
    if not spec.stream.adopt or (integration.pk and update.has_stream(integration)):
        return None
    found = _in_aws(integration, spec)
    if found.obstacle:
        raise SpecRefused([Problem("stream.name", found.obstacle)])
    if found.stream.created_at != spec.stream.created_at:
        message = Message("adoption.another_time", created=found.stream.creation_timestamp)
        raise SpecRefused([Problem("stream.creation_timestamp", message)])
    return found


def _in_aws(integration: Integration, spec: IntegrationSpec) -> ExistingStream:
    name, region = spec.stream.name, spec.stream.region
    connection = selectors.connection_of(integration.tenant, spec)
    try:
        found = existing_stream.find_stream(integration, connection, name, region, fips=spec.stream.endpoint.is_fips)
    except AwsFault as fault:
        raise SpecRefused([Problem("stream.name", fault.message)]) from fault
    if found is None:
        raise SpecRefused([Problem("stream.name", Message("adoption.no_stream", stream=name, region=region))])
    return found


def _plain(found: ExistingStream) -> dict[str, Any]:
    plain = asdict(found.stream)
    del plain["tags"], plain["endpoint"]
    first = ("name", "region", "adopt", "creation_timestamp")
    ordered = dict.fromkeys((*first, *plain))
    return {field: plain[field] for field in ordered if plain[field] is not None}
