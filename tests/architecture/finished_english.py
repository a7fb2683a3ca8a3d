"""Finished English where a message with a code belongs, found in the syntax of a module.

A sentence is a string of three words or more that ends like one. Strings that go straight to a reader (a notice, an
error of a form or a service) count whatever their length. Docstrings, texts given to gettext, help texts of columns
(the admin shows them), the log and assertions are not read.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.architecture.tree import CODE, ROOT, modules, parsed

_SENTENCE = re.compile(r"\S+(\s+\S+){2,}[.?!…:]['”\")]?\s*", re.DOTALL)
# A label: a capital letter, then at least one more word, as of a button, a link or a heading.
_LABEL = re.compile(r"[A-Z][a-z]+( [A-Za-z][\w-]*)+")
_SHOWN_BY = re.compile(r"(onboarding|monitoring|portal)/(views|pages)(/.*)?\.py|portal/navigation\.py")
_GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
_LOG = {"log.debug", "log.info", "log.warning", "log.error", "log.exception", "log.critical"}
_TO_READERS = {"ValidationError", "add_error"} | {
    f"messages.{level}" for level in ("add_message", "debug", "info", "success", "warning", "error")
}
# Where English is written: catalogues, forms, the admin, commands, and the demo, which one developer runs.
_WRITTEN_HERE = re.compile(
    r".*/(management|admin|forms)/.*|.*/(messages|admin)\.py|.*/form_\w+\.py"
    r"|portal/(messages|demo|local)/.*|onboarding/messages/.*"
)


@dataclass(frozen=True, slots=True)
class Justified:
    """Sentences that stay as they are: in which file, and why; `text` names one of them, "" means all."""

    file: str
    reason: str
    text: str = ""

    def covers(self, file: str, text: str) -> bool:
        """Return whether this is about a sentence of a file."""
        return file == self.file and self.text in {"", text}


_FILE = "part of a file for the client's account, which is English whatever its reader's language"
_PROGRAMMER = "raised by a caller's mistake; no page, command or log for operators shows it"
_START = "read at a process's start, before Django and gettext are set up"
_PROGRAM = "answers of event streams, which browsers read and no page shows"

JUSTIFIED = (
    Justified("onboarding/credentials/key_files.py", _FILE),
    Justified("onboarding/credentials/mail_entity.py", "text of a mail, written in a process without Django"),
    Justified("onboarding/export/cloudformation.py", _FILE),
    Justified("onboarding/export/event_bridge.py", _FILE),
    Justified("onboarding/export/event_bridge_script.py", _FILE),
    Justified("onboarding/export/file_heads.py", _FILE),
    Justified("onboarding/export/key_script.py", _FILE),
    Justified("onboarding/export/script.py", _FILE),
    Justified("onboarding/export/shared_stream.py", _FILE),
    Justified("onboarding/iot/device_names.py", "the description of resources in the client's account"),
    Justified("onboarding/iot/device_source.py", "the description of a rule in the client's account"),
    Justified("onboarding/provisioning/devices_of.py", _PROGRAMMER),
    Justified("portal/aws/role_cloudformation.py", _FILE),
    Justified("portal/aws/role_grant.py", _FILE),
    Justified("portal/vendor_settings.py", _START),
    Justified("portal/aws/role_hosted_template.py", _FILE),
    Justified("onboarding/iot/device_package.py", _FILE),
    Justified("portal/aws/policies/optional_permissions.py", _FILE),
    Justified(
        "onboarding/integrations/policies.py",
        _FILE,
        "# The policy exists: Sluice created it for the vendor's access key.",
    ),
    Justified(
        "onboarding/provisioning/plan.py",
        "the key's description in the client's account",
        "Data stream {}, Sluice integration {}. You own this key.",
    ),
    Justified(
        "onboarding/credentials/contents.py",
        _PROGRAMMER,
        "This is neither a bundle of Sluice's nor an answer of CreateAccessKey.",
    ),
    Justified("onboarding/credentials/vault.py", _PROGRAMMER, "The vault holds no key."),
    Justified("onboarding/deliveries/kinds.py", _PROGRAMMER, "This is no whole {} delivery."),
    Justified(
        "onboarding/provisioning/removal_workflow.py",
        _PROGRAMMER,
        "The title of a removal needs the names of what is removed.",
    ),
    Justified("portal/openpgp/decrypt.py", "only tests and the demo's vendor decrypt"),
    Justified("portal/openpgp/generate.py", "only tests and the demo's vendor create keys"),
    Justified(
        "portal/openpgp/keyring.py",
        "callers turn the exception into a message of their own",
        "GnuPG (the program gpg) is not installed on Sluice's machine.",
    ),
    Justified("portal/fanout.py", "an exception for the log", "The connection to Redis was lost."),
    Justified("portal/env.py", _START),
    Justified("portal/weak_settings.py", _START),
    Justified("portal/mail_url.py", _START),
    Justified("portal/broker_tls.py", _START),
    Justified("portal/events.py", _PROGRAM),
)


def finished(source: str) -> list[str]:
    """Return the finished English of a module; a value within an f-string is shown as {}."""
    tree = parsed(source)
    skipped = {id(part) for node in _not_read(tree) for part in ast.walk(node)}
    direct = {id(argument) for node in ast.walk(tree) for argument in _given_to_readers(node)}
    return [
        text
        for node, text in _strings(tree)
        if id(node) not in skipped and (id(node) in direct or _SENTENCE.fullmatch(text))
    ]


def labels(source: str) -> list[str]:
    """Return the labels of a module that are not given to gettext."""
    tree = ast.parse(source)
    skipped = {id(part) for node in _not_read(tree) for part in ast.walk(node)}
    return [text for node, text in _strings(tree) if id(node) not in skipped and _LABEL.fullmatch(text)]


def _strings(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node, "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within:
            yield node, node.value


def _not_read(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_help_text = isinstance(node, ast.keyword) and node.arg == "help_text"
        is_written = isinstance(node, ast.Call) and _called(node) in _GETTEXT | _LOG
        if is_docstring or is_help_text or is_written or isinstance(node, ast.Assert):
            yield node


def _given_to_readers(node: ast.AST) -> list[ast.expr]:
    if not isinstance(node, ast.Call):
        return []
    called = _called(node)
    # The first argument of a notice is the request, that of add_error the field.
    position = 0 if called == "ValidationError" else 1
    return node.args[position:] if {called, called.rpartition(".")[2]} & _TO_READERS else []


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else ""


def labels_of_pages() -> list[tuple[str, str]]:
    """Return (file below the root, text) of every label that a view writes without gettext."""
    read = {str(path.relative_to(ROOT)): path for path in modules(*CODE)}
    return [
        (file, text) for file, path in read.items() if _SHOWN_BY.fullmatch(file) for text in labels(path.read_text())
    ]


@cache
def lower_layers() -> list[tuple[str, str]]:
    """Return (file below the root, text) of every finished English string where a message belongs."""
    read = {str(path.relative_to(ROOT)): path for path in modules(*CODE)}
    return [
        (file, text)
        for file, path in read.items()
        if not _WRITTEN_HERE.fullmatch(file)
        for text in finished(path.read_text())
    ]
