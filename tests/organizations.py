"""A service control policy of a client's organization, as the emulator enforces it."""

import json

from portal.aws.session import AwsSession


def forbid(root: AwsSession, *actions: str) -> None:
    """Attach a service control policy that denies actions to everyone in the account."""
    organizations = root.client("organizations")
    denied = {"Effect": "Deny", "Action": list(actions), "Resource": "*"}
    policy = organizations.create_policy(
        Content=json.dumps({"Version": "2012-10-17", "Statement": [denied]}),
        Description="No IAM users",
        Name="no-iam-users",
        Type="SERVICE_CONTROL_POLICY",
    )
    [top] = organizations.list_roots()["Roots"]
    organizations.attach_policy(PolicyId=policy["Policy"]["PolicySummary"]["Id"], TargetId=top["Id"])
