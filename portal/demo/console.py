"""The client's side of AWS, in place of the AWS console: `python -m portal.demo.console apply-role --template FILE`.

It deploys the role's template in the emulated account that the template is for, as a client does in CloudFormation.
`run FILE` runs a script of Sluice there, as a client does in a terminal. `switch SITUATION` makes something go wrong in
the simulated building.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from portal.aws.errors import AwsFault, aws_faults
from portal.demo import aws_cli
from portal.demo.console_switch import UnknownStream, add_switch, switch_to
from portal.demo.places import PROJECT, Places
from portal.local.ministack import root_session

STACK_NAME = "sluice-access"
_ACCOUNT_OF_BOUNDARY = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):policy/SluiceBoundary")
_ACCOUNT_OF_SCRIPT = re.compile(r"^account=(\d{12})$", re.MULTILINE)
_OTHER_IDENTITY = {"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"}
_SECONDS = 60
_DESCRIPTION = "Replace the AWS console and the client's terminal in the demo."
_STATE_HELP = "The demo's folder (var/)."


class Refused(Exception):
    """The template or script cannot be used; the message says why."""


def account_of(template: str) -> str:
    """Return the account that a template is for. Raises Refused where it names none or several."""
    accounts = set(_ACCOUNT_OF_BOUNDARY.findall(template))
    if len(accounts) != 1:
        raise Refused("This is not a role template from Sluice: it does not name one AWS account.")
    return str(accounts.pop())


def apply_role(template: str, account_id: str) -> str:
    """Create or update the stack in an emulated account, and return the role's ARN.

    Raises Refused with CloudFormation's own message.
    """
    client = root_session(account_id).client("cloudformation")
    arguments = {
        "StackName": STACK_NAME,
        "TemplateBody": template,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    try:
        with aws_faults("cloudformation:CreateStack"):
            if _stack(client) is None:
                client.create_stack(**arguments)
            else:
                client.update_stack(**arguments)
    except AwsFault as fault:
        if "No updates" not in fault.aws_text:
            raise Refused(f"CloudFormation rejected the template: {fault.aws_text}") from fault
    return _role_arn(client)


def _role_arn(client: Any) -> str:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        stack = _stack(client) or {}
        status = stack.get("StackStatus", "")
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return str(next(out["OutputValue"] for out in stack["Outputs"] if out["OutputKey"] == "RoleArn"))
        if status.endswith(("FAILED", "ROLLBACK_COMPLETE")):
            raise Refused(f"CloudFormation could not create the stack: {stack.get('StackStatusReason', status)}")
        time.sleep(0.2)
    raise Refused(f"CloudFormation did not finish within {_SECONDS} seconds.")


def _stack(client: Any) -> dict[str, Any] | None:
    try:
        with aws_faults("cloudformation:DescribeStacks"):
            stacks = client.describe_stacks(StackName=STACK_NAME)["Stacks"]
    except AwsFault:
        return None  # CloudFormation answers ValidationError for a stack that does not exist
    return next((stack for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"), None)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the program."""
    program = argparse.ArgumentParser(prog="python -m portal.demo.console", description=_DESCRIPTION)
    subparsers = program.add_subparsers(dest="subcommand", required=True, metavar="SUBCOMMAND")
    _add_apply_role(subparsers)
    _add_run(subparsers)
    add_switch(subparsers)
    return program


def _add_apply_role(subparsers: Any) -> None:
    text = "Deploy the role's template in the client's account, and print the role's ARN."
    apply = subparsers.add_parser("apply-role", help=text, description=text)
    apply.add_argument(
        "--template", required=True, type=Path, metavar="FILE", help="The template that you downloaded from Sluice."
    )
    apply.add_argument("--account", metavar="ID", help="The client's account, if not the one in the template.")
    apply.add_argument("--state", type=Path, default=PROJECT / "var", metavar="FOLDER", help=_STATE_HELP)


def _add_run(subparsers: Any) -> None:
    text = "Run a script from Sluice in the client's account, as the client does in a terminal."
    run = subparsers.add_parser("run", help=text, description=text)
    run.add_argument("file", type=Path, help="The script that you downloaded from Sluice.")
    run.add_argument("arguments", nargs=argparse.REMAINDER, help="The script's arguments, such as --yes.")
    run.add_argument("--state", type=Path, default=PROJECT / "var", metavar="FOLDER", help=_STATE_HELP)


def main(arguments: list[str]) -> int:
    """Deploy a template, run a script, or turn the switch; exit status 1 with the reason on stderr."""
    given = parser().parse_args(arguments)
    try:
        if given.subcommand == "run":
            return run_script(given.file.expanduser(), given.arguments, Places(given.state.resolve()))
        if given.subcommand == "switch":
            print(_switch(given.situation, given.stream, Places(given.state.resolve())))
            return 0
        arn = _apply(given.template, given.account, Places(given.state.resolve()))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    print(f"The role is deployed. Enter its ARN in Sluice:\n\n  {arn}\n")
    return 0


def run_script(file: Path, arguments: list[str], places: Places) -> int:
    """Run a script in its folder, as the root user of the account it names, and return its exit status.

    Raises Refused for a file that is not a script of Sluice, and where no demo is running.
    """
    accounts = set(_ACCOUNT_OF_SCRIPT.findall(text_of(file)))
    if len(accounts) != 1:
        raise Refused("This is not a script from Sluice: it does not name one AWS account.")
    _use_demo_environment(places)
    keys = {"AWS_ACCESS_KEY_ID": accounts.pop(), "AWS_SECRET_ACCESS_KEY": "demo"}
    with tempfile.TemporaryDirectory(prefix="sluice-demo-cli-") as folder:
        aws_cli.install(Path(folder))
        shell = {name: value for name, value in os.environ.items() if name not in _OTHER_IDENTITY}
        environment = {**shell, **keys, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        command = ["bash", str(file.resolve()), *arguments]
        return subprocess.run(command, env=environment, cwd=file.resolve().parent, check=False).returncode


def _switch(situation: str | None, stream: str, places: Places) -> str:
    _use_demo_environment(places)
    try:
        return switch_to(situation, stream, places)
    except (UnknownStream, OSError) as error:
        raise Refused(str(error)) from error


def text_of(file: Path) -> str:
    """Return a file's text. Raises Refused where it cannot be read."""
    try:
        return file.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}. Check the path."
        ) from error


def _use_demo_environment(places: Places) -> None:
    try:
        os.environ.update(json.loads(places.aws_environment.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise Refused("No demo is running in this folder. Start one with: make demo") from error


def _apply(file: Path, account_id: str | None, places: Places) -> str:
    template = text_of(file)
    _use_demo_environment(places)
    return apply_role(template, account_id or account_of(template))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
