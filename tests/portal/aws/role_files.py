"""Reads what the grant's files give back into one form: the documents by name, so that files can be compared."""

import io
import json
import re
from typing import Any

import hcl2
import yaml

Documents = dict[str, Any]
_PUT_POLICY = re.compile(
    r"^put_policy (\S+) \"[^\"]*\" \"\$\(cat <<'JSON'\n(.*?)\nJSON\n\)\"$", re.MULTILINE | re.DOTALL
)
_TRUST = re.compile(r"^trust=\$\(cat <<'JSON'\n(.*?)\nJSON\n\)$", re.MULTILINE | re.DOTALL)
_ROLE = re.compile(r"^role=(\S+)$", re.MULTILINE)
_HEREDOC = re.compile(r"^\"?<<-?(?P<mark>\w+)\n(?P<text>.*?)\n\s*(?P=mark)\"?$", re.DOTALL)


def of_template(text: str, parameters: dict[str, str] | None = None, account_id: str = "") -> Documents:
    """What a CloudFormation template gives, with its parameters filled in as CloudFormation does."""
    template = yaml.safe_load(text)
    defaults = {name: parameter.get("Default", "") for name, parameter in template.get("Parameters", {}).items()}
    values = {**defaults, **(parameters or {}), "AWS::AccountId": account_id}
    known = template.get("Conditions", {})
    conditions = {name: holds(condition, values, known) for name, condition in known.items()}
    resources = {
        name: resolved(resource["Properties"], values, conditions)
        for name, resource in template["Resources"].items()
        if conditions.get(resource.get("Condition", ""), True)
    }
    found: Documents = {}
    for resource in resources.values():
        if "PolicyDocument" in resource:
            found[resource["ManagedPolicyName"]] = resource["PolicyDocument"]
        else:
            found[resource["RoleName"]] = resource["AssumeRolePolicyDocument"]
    return found


def of_script(text: str) -> Documents:
    """What the script for the AWS CLI gives."""
    found = {name: json.loads(document) for name, document in _PUT_POLICY.findall(text)}
    [role], [trust] = _ROLE.findall(text), _TRUST.findall(text)
    return {**found, role: json.loads(trust)}


def of_terraform(text: str) -> Documents:
    """What the Terraform configuration gives."""
    found: Documents = {}
    for resource in hcl2.load(io.StringIO(text))["resource"]:
        [(kind, named)] = [(unquoted(key), value) for key, value in resource.items() if not key.startswith("__")]
        [block] = [value for key, value in named.items() if not key.startswith("__")]
        if kind == "aws_iam_policy":
            found[unquoted(block["name"])] = heredoc(block["policy"])
        elif kind == "aws_iam_role":
            found[unquoted(block["name"])] = heredoc(block["assume_role_policy"])
    return found


def unquoted(text: str) -> str:
    return text.strip('"')


def heredoc(text: str) -> Any:
    match = _HEREDOC.match(text.strip())
    return json.loads((match["text"] if match else text).replace("$${", "${").replace("%%{", "%{"))


def resolved(value: Any, values: dict[str, str], conditions: dict[str, bool]) -> Any:
    """A value of a template as CloudFormation resolves it: Ref, Fn::Sub, Fn::Split, Fn::If."""
    if isinstance(value, list):
        found = [resolved(item, values, conditions) for item in value]
        return [item for item in found if item is not None]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return values.get(value["Ref"]) if value["Ref"] != "AWS::NoValue" else None
    if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], list):
        text, more = value["Fn::Sub"]
        own = {name: resolved(member, values, conditions) for name, member in more.items()}
        return resolved({"Fn::Sub": text}, {**values, **own}, conditions)
    if set(value) == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda name: values[name[1]], value["Fn::Sub"])
    if set(value) == {"Fn::Join"}:
        mark, parts = value["Fn::Join"]
        return str(mark).join(resolved(parts, values, conditions))
    if set(value) == {"Fn::Split"}:
        mark, whole = value["Fn::Split"]
        return str(resolved(whole, values, conditions)).split(mark)
    if set(value) == {"Fn::If"}:
        condition, yes, no = value["Fn::If"]
        return resolved(yes if conditions[condition] else no, values, conditions)
    return {key: resolved(member, values, conditions) for key, member in value.items()}


def holds(condition: dict[str, Any], values: dict[str, str], known: dict[str, Any]) -> bool:
    if "Condition" in condition:
        return holds(known[condition["Condition"]], values, known)
    if "Fn::Not" in condition:
        return not holds(condition["Fn::Not"][0], values, known)
    if "Fn::And" in condition:
        return all(holds(part, values, known) for part in condition["Fn::And"])
    if "Fn::Or" in condition:
        return any(holds(part, values, known) for part in condition["Fn::Or"])
    reference, wanted = condition["Fn::Equals"]
    return values[reference["Ref"]] == str(wanted)


def as_bytes(documents: Documents) -> bytes:
    """Documents in one order, to be compared byte for byte."""
    return json.dumps(documents, sort_keys=True).encode()
