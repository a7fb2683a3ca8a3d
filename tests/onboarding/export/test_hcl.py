"""Terraform's files as `terraform fmt` would leave them: by its rules, and by itself where it is installed."""

import re
import shutil
import subprocess
from collections.abc import Iterator

from onboarding.export.hcl import Document, Expression, Tags, block
from onboarding.export.resources import Resources
from onboarding.export.terraform import terraform
from portal.aws.role_grant import RoleGrant
from portal.aws.role_terraform import terraform as role_terraform

_ATTRIBUTE = re.compile(r'^(?P<indent> *)(?P<name>[\w-]+|"[^"]+") *(?P<equals>=) (?P<value>.*)$')
GRANT = RoleGrant("arn:aws:iam::999900001111:user/sluice-portal", "sluice-5f1d9c", "111122223333", "sluice-")


def misformatted(text: str) -> list[str]:
    """Lines that `terraform fmt` would change: indented otherwise, or whose equals signs are not in one column."""
    found, depth = [], 0
    for lines in _chains(text):
        columns = {match.start("equals") for line in lines if (match := _ATTRIBUTE.match(line))}
        names = [match["indent"] + match["name"] for line in lines if (match := _ATTRIBUTE.match(line))]
        if columns and columns != {max(map(len, names)) + 1}:
            found += lines
        for line in lines:
            depth -= line.strip() == "}"
            if line != line.rstrip() or (line and line != "  " * depth + line.strip()):
                found.append(line)
            depth += line.endswith("{")
    return found


def _chains(text: str) -> Iterator[list[str]]:
    """Lines that are aligned with each other, without here-documents; what is no attribute of one line is alone."""
    chain: list[str] = []
    inside = False
    for line in text.splitlines():
        if inside:
            inside = line != "JSON"
            continue
        inside = line.endswith("<<JSON")
        if _ATTRIBUTE.match(line) and not line.endswith("{"):
            chain.append(line)
        else:
            yield chain
            yield [line]
            chain = []
        if inside:
            yield chain
            chain = []
    yield chain


def test_every_file_is_formatted_as_terraform_does(found: Resources) -> None:
    for text in (terraform(found), role_terraform(GRANT)):
        assert misformatted(text) == []
        if program := shutil.which("terraform"):
            command = [program, "fmt", "-check", "-diff", "-"]
            done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
            assert (done.returncode, done.stdout) == (0, "")


def test_lines_that_terraform_would_change_are_found() -> None:
    assert misformatted('a {\n  name = "x"\n  longer = 1\n}\n') == ['  name = "x"', "  longer = 1"]
    assert misformatted("a {\n    name = 1\n}\n") == ["    name = 1"]
    assert misformatted("a {\n  name = 1 \n}\n") == ["  name = 1 "]


def test_a_document_ends_the_lines_that_are_aligned() -> None:
    body = {
        "name": "x",
        "policy": Document({"Version": "${now}"}),
        "to": Expression("a.b"),
        "tags": Tags(é="1", longer="2"),
    }
    assert block('resource "a" "b"', body) == (
        'resource "a" "b" {\n'
        '  name   = "x"\n'
        "  policy = <<JSON\n"
        '{\n  "Version": "$${now}"\n}\n'
        "JSON\n"
        "  to = a.b\n"
        "  tags = {\n"
        '    "é"      = "1"\n'
        '    "longer" = "2"\n'
        "  }\n"
        "}\n"
    )
