"""docs/messages.md, written from the catalogues: `make messages`."""

import re

from portal.messages.catalogue import CAUSES, entries
from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "messages.md"
HEAD = """# Messages

What Sluice says about runs, connections, streams, certificates and AWS, by code. A row, the command line's `--json` and
the log hold the code with its parameters; the sentence is written where somebody reads it. AWS's own text stands beside
it. Words in ⟨angle brackets⟩ are parameters.

This page is written from the code by `make messages`.
"""


def page() -> str:
    """Return the whole page, a section for each first part of a code and a heading for each code."""
    parts = [HEAD]
    section = ""
    for code in sorted(entries()):
        if (first := code.partition(".")[0]) != section:
            section = first
            parts.append(f"## {section}\n")
        parts.append(_of(code))
    return "\n".join(parts)


def _of(code: str) -> str:
    entry = entries()[code]
    lines = [f"### {code}", "", _plain(entry.text), ""]
    if entry.cause:
        lines += [f"Cause: {CAUSES[entry.cause]}.", ""]
    if entry.todo:
        lines += [f"What to do: {_plain(entry.todo)}", ""]
    return "\n".join(lines)


def english(text: object) -> str:
    """Return the source text of an entry; of one with a plural, the singular."""
    return str(getattr(text, "_kw", {}).get("singular", text))


def _plain(text: object) -> str:
    shown = re.sub(r"%\((\w+)\)[a-z]", r"⟨\1⟩", english(text)).replace("%%", "%")
    return re.sub(r"([*_`<])", r"\\\1", shown).replace("\n", "\n\n")


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(page())


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    write()
