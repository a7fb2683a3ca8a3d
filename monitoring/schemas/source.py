"""From where the schemas of a stream's records may be read: AWS Glue Schema Registry, and a Confluent registry."""

from collections.abc import Callable
from dataclasses import dataclass

from monitoring.models import ExpectedHours
from monitoring.schemas.confluent import MOST_CHARACTERS, registered_schema
from monitoring.schemas.registry import NO_REGISTRY, Registry
from monitoring.schemas.unavailable import SchemaUnavailable
from onboarding.connections import grant
from onboarding.models.connection import Connection
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.schemas import GET_SCHEMA
from portal.aws.schemas import avro_schema
from portal.aws.session import AwsSession
from portal.messages.message import Message
from portal.secret_store.store import SecretStoreOff, SecretUnreadable

GLUE, CONFLUENT = "glue:", "confluent:"
NOT_ALLOWED = Message("schemas.glue_not_allowed")


@dataclass(frozen=True, slots=True)
class SchemaSource:
    """The registries of a stream: `session` reads Glue's in its account, unless `glue_problem` says why it may not.

    `registry` is the Confluent Schema Registry whose address an admin gave.
    """

    session: Callable[[], AwsSession]
    glue_problem: Message | None = NOT_ALLOWED
    registry: Registry = NO_REGISTRY

    def problem(self, name: str) -> Message | None:
        """Return why a schema may not be read, by the name that records have for it; None if it may be."""
        if name.startswith(CONFLUENT):
            return self.registry.problem if self.registry.address else Message("schemas.no_registry")
        return self.glue_problem if name.startswith(GLUE) else Message("record.schema_needed")

    def read(self, name: str) -> str:
        """Return an Avro schema as JSON; raises SchemaUnavailable."""
        if (problem := self.problem(name)) is not None:
            raise SchemaUnavailable(problem)
        if name.startswith(CONFLUENT):
            return registered_schema(self.registry, name.removeprefix(CONFLUENT))
        return self._of_glue(name.removeprefix(GLUE))

    def _of_glue(self, version: str) -> str:
        try:
            schema = avro_schema(self.session(), version)
        except AwsFault as fault:
            raise SchemaUnavailable(_of_fault(fault)) from fault
        if schema is None:
            raise SchemaUnavailable(Message("schemas.not_avro"))
        if len(schema) > MOST_CHARACTERS:
            raise SchemaUnavailable(Message("schemas.too_long", limit_count=MOST_CHARACTERS))
        return schema


def schema_source(connection: Connection, integration_id: int, session: Callable[[], AwsSession]) -> SchemaSource:
    """Return from where the schemas of an integration's records may be read now."""
    return SchemaSource(session, _glue_problem(connection), _registry(integration_id))


def _registry(integration_id: int) -> Registry:
    names = ("integration_id", "schema_registry", "registry_key", "registry_secret")
    row = ExpectedHours.objects.filter(integration_id=integration_id).only(*names).first()
    if row is None or not row.schema_registry:
        return NO_REGISTRY
    try:
        secret, problem = row.registry_secret.reveal() if row.registry_secret else "", None
    except (SecretStoreOff, SecretUnreadable):
        secret, problem = "", Message("schemas.secret_unreadable")
    return Registry(row.schema_registry, row.registry_key, secret, row.registry_secret.stored, problem)


def _glue_problem(connection: Connection) -> Message | None:
    if not connection.allow_schemas:
        return NOT_ALLOWED
    return Message("schemas.glue_role_outdated") if grant.lacks(connection, GET_SCHEMA) else None


def _of_fault(fault: AwsFault) -> Message:
    """Return what happened, without the text of AWS: it repeats the ID, which is data by chance."""
    if fault.kind is FaultKind.NOT_FOUND:
        return Message("schemas.glue_not_found")
    if fault.kind is FaultKind.DENIED:
        return Message("schemas.glue_denied", operation=fault.operation)
    return Message("schemas.glue_failed", reason=fault.message)
