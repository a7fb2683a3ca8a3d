"""`integration found`, and what plan and apply ask of AWS before they adopt a stream."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

import yaml
from django.core.management.base import CommandError

from onboarding.connections import selectors
from onboarding.integrations import existing_stream, update
from onboarding.integrations.existing_stream import ExistingStream
from onboarding.models.integration import Integration
from onboarding.problem_texts import lines_of
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import Problem, SpecRefused
from onboarding.spec.stream_spec import StreamSpec
from portal.aws.errors import AwsFault
from portal.messages.catalogue import text_of
from portal.messages.message import Message, from_json
from portal.tenancy.command import tenant_called


class AdoptionSubcommands:
    """The verb of the integration command that looks at a stream which exists."""

    adoption_subcommands = {
        "found": "Print a data stream that exists as the part of a spec that adopts it and changes nothing.",
    }

    def add_found(self, parser: ArgumentParser) -> None:
        """Take the stream, its Region, the connection and the tenant."""
        parser.add_argument("stream", help="The data stream's name.")
        parser.add_argument("--region", required=True, help="Its AWS Region.")
        parser.add_argument("--connection", required=True, help="The connection's uid or name.")
        parser.add_argument("--tenant", required=True, help="The tenant's slug.")

    def do_found(self, options: dict[str, Any]) -> dict[str, Any]:
        """Look at the stream; nothing is changed."""
        tenant = tenant_called(options["tenant"])
        stream = StreamSpec(name=options["stream"], region=options["region"])
        spec = IntegrationSpec(name=stream.name, connection=options["connection"], stream=stream)
        try:
            found = _looked(Integration(tenant=tenant), spec)
        except SpecRefused as refused:
            raise CommandError("\n".join(lines_of(refused))) from refused
        return {**found.as_dict(), "stream": _plain(found)}

    def say_found(self, answer: dict[str, Any]) -> str:
        """Print the part of the spec, under what AWS says beside it."""
        tags = ", ".join(f"{key}={value}" for key, value in answer["tags"].items()) or "none"
        said = [f"# {answer['arn']}: {answer['status']}, {answer['consumers']} consumers, tags: {tags}"]
        said += [f"# It cannot be adopted: {text_of(from_json(answer['obstacle']))}"] if answer["obstacle"] else []
        return "\n".join([*said, yaml.safe_dump({"stream": answer["stream"]}, sort_keys=False).rstrip()])


def found_for(integration: Integration, spec: IntegrationSpec) -> ExistingStream | None:
    """Return the stream that a spec adopts anew, as AWS has it now; None where the spec adopts none, or did before.

    Raises SpecRefused where it cannot be adopted, or another one has its name.
    """
    if not spec.stream.adopt or (integration.pk and update.has_stream(integration)):
        return None
    found = _looked(integration, spec)
    if found.obstacle:
        raise SpecRefused([Problem("stream.name", found.obstacle)])
    if found.stream.created_at != spec.stream.created_at:
        message = Message("adoption.another_time", created=found.stream.creation_timestamp)
        raise SpecRefused([Problem("stream.creation_timestamp", message)])
    return found


def _looked(integration: Integration, spec: IntegrationSpec) -> ExistingStream:
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
