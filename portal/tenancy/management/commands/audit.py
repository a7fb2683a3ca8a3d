"""The audit trail by command line: whether it is as it was written."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.command_line import CommandWithSubcommands, failed
from portal.messages.message import Message
from portal.numbers import whole
from portal.tenancy import audit_chain
from portal.tenancy.audit_chain import WITHOUT_TENANT, BrokenEntry, Head, Verdict
from portal.tenancy.command import tenant_called
from portal.tenancy.models import Tenant

NO_TENANT = "_portal"  # no slug begins so


class Command(CommandWithSubcommands):
    description = gettext_lazy("Check the audit trail.")
    subcommands = {"verify": gettext_lazy("Verify that no audit event was changed, removed or reordered.")}

    def add_verify(self, parser: ArgumentParser) -> None:
        """Add the arguments: the tenant, and heads noted earlier."""
        parser.add_argument(
            "--tenant",
            metavar="SLUG",
            help=_("The slug of the tenant whose chain is verified, or _portal for acts without a tenant; else all."),
        )
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="SLUG:POSITION:HASH",
            help=_("A head that was noted earlier and must still be in its chain. Can be given several times."),
        )

    def do_verify(self, options: dict[str, Any]) -> dict[str, Any]:
        """Verify the chains."""
        names: dict[int, str] = {WITHOUT_TENANT: NO_TENANT, **dict(Tenant.objects.values_list("pk", "slug"))}
        noted = dict(_noted(text, names) for text in options["head"])
        chosen = [_chain_of(options["tenant"], names)] if options["tenant"] else {*audit_chain.chains(), *noted}
        verdicts = [audit_chain.verify(chain, noted.get(chain)) for chain in sorted(chosen)]
        answer = {"chains": [_described(verdict, names) for verdict in verdicts]}
        for verdict in verdicts:
            if verdict.broken:
                raise failed(_message(verdict.broken, names.get(verdict.chain, str(verdict.chain))), answer=answer)
        return answer

    def say_verify(self, answer: dict[str, Any]) -> str:
        """Format a chain a line: its state, how many entries it has, and its head, to be noted elsewhere."""
        return "\n".join(
            f"{'broken' if chain['broken'] else 'intact'}  {chain['entries']} entries  {chain['head']}"
            for chain in answer["chains"]
        )


def _chain_of(slug: str, names: dict[int, str]) -> int:
    found = [chain for chain, name in names.items() if name == slug]
    return found[0] if found else tenant_called(slug).pk


def _noted(text: str, names: dict[int, str]) -> tuple[int, Head]:
    slug, *rest = text.split(":")
    position = whole(rest[0]) if len(rest) == 2 else None
    if position is None:
        raise failed(Message("audit.head_unreadable", head=text))
    return _chain_of(slug, names), Head(position, rest[1].lower())


def _described(verdict: Verdict, names: dict[int, str]) -> dict[str, Any]:
    name, head = names.get(verdict.chain, str(verdict.chain)), verdict.head
    broken = verdict.broken
    return {
        "chain": name,
        "entries": verdict.entries,
        "head": f"{name}:{head.position}:{head.hash}",
        "broken": broken and {"kind": broken.kind, "position": broken.position, "event": broken.event_id},
    }


def _message(broken: BrokenEntry, chain: str) -> Message:
    found: dict[str, Any] = {"chain": chain, "position": broken.position, "event": broken.event_id}
    match broken.kind:
        case "changed":
            return Message("audit.changed", **found)
        case "removed":
            return Message("audit.removed", **found)
        case "reordered":
            return Message("audit.reordered", **found)
        case "not_chained":
            return Message("audit.not_chained", chain=chain, event=broken.event_id)
        case "head":
            return Message("audit.head", chain=chain, position=broken.position)
