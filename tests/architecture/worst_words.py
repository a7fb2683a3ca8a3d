"""The worst words: what no page, message or document says, and what it says instead.

Each row holds a pattern, its replacement, and a sample that the pattern must find. The list grows with what a reader
notices; a justified use gets a row in `JUSTIFIED`, with its reason.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Worst:
    """A wording to avoid: `pattern` ignores case; `instead` is what to write."""

    pattern: str
    instead: str
    sample: str

    def found_in(self, text: str) -> list[str]:
        """Return every match in a text."""
        return [match.group() for match in re.finditer(self.pattern, text, re.IGNORECASE)]


@dataclass(frozen=True, slots=True)
class Justified:
    """One use that stays: in which file, which match, and why."""

    file: str
    match: str
    reason: str


WORST = (
    Worst(r"\b(no|some|every|any)body\b", "no one, someone, everyone, anyone", "Nobody has downloaded it."),
    Worst(r"\bwhoever\b", "anyone who", "Whoever has the key"),
    Worst(r"\b(tells?|told|telling)\b(?! support)", "reports, shows, notifies", "Sluice was told to stop."),
    Worst(r"\bmend(s|ed|ing)?\b", "repair, fix", "the statement that mends it"),
    Worst(r"\blook(s|ed|ing)?\b", "check, inspect, appear", "Look now"),
    Worst(
        r"\bt(ake|akes|aken|ook|aking) (the|a|one of the|one|your) (access )?(key|template|script|file|plan|copy)\b",
        "download",
        "Take the key",
    ),
    Worst(
        r"\bt(ake|akes|aken|ook|aking) (it |them )?(up|down|off|out)\b(?! to)", "remove, delete, claim", "taken off it"
    ),
    Worst(
        r"\bma(de|ke|kes|king)\b(?! (sure|(these |the |any |no )?changes?)\b)",
        "create, created",
        "resources made by Sluice",
    ),
    Worst(
        r"\b(stands?|lies|lying|rests) (in|on|at|there|here|nowhere|unencrypted)\b",
        "is listed in, is stored in",
        "It stands nowhere",
    ),
    Worst(r"\blets?\b", "allows, can", "AWS lets Sluice in."),
    Worst(r"\bgo(es|ing)? on\b", "continue, resume", "The work goes on."),
    Worst(r"\bwhat there is\b", "resources, resulting resources", "What there is then"),
    Worst(r"\b(as it was left|left as it is|the way (back|out))\b", "unchanged; removal; abandoning", "the way back"),
    Worst(r"\b(leave|leaves|left|leaving) (it |them )?out\b", "exclude, turn off, optional", "may leave out"),
    Worst(r"\bhand(s|ed|ing)? (it |the key |in |another key )?(in|out)\b", "upload, provide", "Hand the key in"),
    Worst(r"\b(strays|sleepers|stories|plots|lots)\b", "orphaned keys; paused workers; scenarios", "strays"),
    Worst(r"\bspreading the news\b", "propagating", "AWS is spreading the news"),
    Worst(r"\bwhose side\b", "cause", "It says whose side."),
    Worst(r"\b(worse|worst)\b", "previous; sorted by severity", "worst first"),
    Worst(r"\brefus(e|es|ed|ing|al)\b", "denied, rejected, throttled, not possible", "Refused writes"),
    Worst(r"\bfigures?\b", "metrics, measurements", "No figures yet"),
    Worst(r"\bseal(s|ed|ing)?\b", "encrypt, encrypted", "a sealed copy"),
    Worst(r"\b(is|are|was) void\b|\bgone stale\b", "expired", "The external ID is void."),
    Worst(r"\brights\b", "permissions", "Optional rights"),
    Worst(r"\bself-run\b|\brun it (my|your)sel(f|ves)\b", "self-managed, set it up yourself", "I will run it myself"),
    Worst(r"\bforg(et|ets|otten|etting)\b", "abandon, abandoned", "Forget it"),
    Worst(r"\byourselves\b", "yourself", "You apply it yourselves."),
    Worst(r"\bby (itself|themselves)\b", "automatically", "It appears by itself."),
    Worst(r"\bone a line\b|\b(?<=second )a shard\b", "one per line, per shard", "ARNs, one a line"),
    Worst(r"\btaken back\b", "undone", "That cannot be taken back."),
    Worst(r"\bshall\b", "will, must", "who shall receive keys"),
    Worst(r"\be-mails?\b", "email", "Your e-mail"),
    Worst(r"\bpermission sheet\b", "permission checks", "Permission sheet"),
    Worst(r"\bticks?\b|\bticked\b", "checkbox, select", "Without this tick"),
    Worst(r"\bas (it|they) should be\b", "as expected", "allowed, as it should be"),
    Worst(r"\b(is|was|are) free\b|\bfree again\b", "available", "whether the name is free"),
    Worst(r"\b(was|is|had been) asked for\b", "requested", "what was asked for"),
    Worst(r"\bdid not work this time\b", "try again", "That did not work this time."),
)

JUSTIFIED = (
    Justified("templates/onboarding/_demo_grant.html", "make", "a command: make demo-grant"),
    Justified("onboarding/views/self_managed.py", "make", "a command: make demo-run"),
    Justified("portal/demo/checks.py", "make", "a command: make demo"),
    Justified("portal/demo/console.py", "make", "a command: make demo"),
    Justified("portal/demo/console_switch.py", "make", "a command: make demo-switch"),
    Justified("portal/demo/console_output.py", "make", "a command: make demo-grant"),
    Justified("portal/local/ministack.py", "make", "a command: make .venv-emulator/.installed"),
    Justified(
        "monitoring/records/management/commands/records.py", "refused", "a record's state, as the glossary defines it"
    ),
    Justified("templates/monitoring/_rows.html", "Refused", "the state of a record, as the glossary defines it"),
    Justified("templates/monitoring/_record.html", "Refused", "the state of a record, as the glossary defines it"),
    *(
        Justified(f"portal/aws/role_{form}.py", "made", "the description of a deployed policy, which AWS cannot change")
        for form in ("cloudformation", "hosted_template", "script", "terraform")
    ),
)
