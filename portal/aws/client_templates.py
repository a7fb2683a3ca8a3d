"""One template of each service's client, and from it the clients of many identities, each with a signer of its own.

To create a client from nothing botocore generates a class, compiles the rules of the service's endpoints and reads
settings: 8 ms and a quarter of a megabyte for each service of each identity. None of that knows an identity. What knows
one, or counts for one, is created for each client: the signer, the event handlers with the quota of retries, the
endpoint that calls them, S3's redirects. So a client signs with the credentials that it was created with and no others.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from threading import Lock
from typing import Any

from botocore.client import ClientCreator
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.handlers import BUILTIN_HANDLERS
from botocore.regions import EndpointResolverBuiltins
from botocore.retryhandler import create_retry_handler
from botocore.signers import RequestSigner

from portal.aws.credentials import AwsCredentials

# A template signs nothing: what it is created with is no one's.
NO_ONE = AwsCredentials("none", "none")


@dataclass(frozen=True, slots=True)
class ClientTemplate:
    """A client that makes no call, the handlers of its session, and what adds a client's own handlers to them."""

    client: Any
    config: Config
    events: Any
    creator: ClientCreator

    @classmethod
    def of(cls, client: Any, config: Config, core: Any) -> ClientTemplate:
        """Return the template that a client of a botocore session is, created with these settings."""
        resolver = core._get_internal_component("endpoint_resolver")
        events = _handlers_for(client.meta.service_model.service_id.hyphenize(), core.get_component("event_emitter"))
        creator = ClientCreator(client._loader, resolver, "", events, create_retry_handler, None)
        return cls(client, config, events, creator)

    def client_of(self, given: AwsCredentials) -> Any:
        """Return a client that signs with these credentials."""
        credentials = Credentials(given.access_key_id, given.secret_access_key, given.session_token)
        template, events = self.client, copy(self.events)
        events._alias_name_cache = template.meta.events._alias_name_cache  # name → name, the same for every client
        client = type(template)(
            serializer=template._serializer,
            endpoint=_with_events(template._endpoint, events, _lock=Lock()),
            response_parser=template._response_parser,
            event_emitter=events,
            request_signer=_signer(template, credentials, events),
            service_model=template.meta.service_model,
            loader=template._loader,
            client_config=template.meta.config,
            partition=template.meta.partition,
            exceptions_factory=template._exceptions_factory,
            endpoint_ruleset_resolver=_resolver(template, credentials, events),
            user_agent_creator=template._user_agent_creator,
        )
        creator: Any = self.creator  # whose types know no private methods
        creator._register_retries(client)
        creator._register_s3_events(client, None, None, self.config, None)
        creator._register_s3express_events(client)
        return client


def _handlers_for(service_id: str, all_handlers: Any) -> Any:
    """Return a session's event handlers without those of other services and of documentation: a tenth of them."""
    events = copy(all_handlers)
    for name, handler, *_ in BUILTIN_HANDLERS:
        event, _, rest = events._alias_event_name(name).partition(".")
        if event == "docs" or rest.partition(".")[0] not in {"", "*", service_id}:
            events.unregister(name, handler)
    _without_empty(events._emitter._handlers._root)
    return events


def _without_empty(node: dict[str, Any]) -> bool:
    """Remove the nodes of a tree of handlers that have none any more; return whether this is one."""
    node["children"] = {name: child for name, child in node["children"].items() if not _without_empty(child)}
    return not node["children"] and not (node["values"] and any(node["values"]))


def _signer(template: Any, credentials: Credentials, events: Any) -> RequestSigner:
    own = template._request_signer
    return RequestSigner(
        template.meta.service_model.service_id,
        own.region_name,
        own.signing_name,
        own.signature_version,
        credentials,
        events,
    )


def _resolver(template: Any, credentials: Credentials, events: Any) -> Any:
    builtins = dict(template._ruleset_resolver._builtins)
    builtins[EndpointResolverBuiltins.ACCOUNT_ID] = credentials.get_deferred_property("account_id")
    return _with_events(template._ruleset_resolver, events, _builtins=builtins)


def _with_events(part: Any, events: Any, **more: Any) -> Any:
    own = copy(part)
    vars(own).update(_event_emitter=events, **more)
    return own
