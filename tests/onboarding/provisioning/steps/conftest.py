"""Steps for themselves: AWS is moto in this process, the rows are in memory."""

from tests.onboarding.provisioning.steps.account import account, answers
from tests.portal.aws.conftest import aws, portal_key

__all__ = ["account", "answers", "aws", "portal_key"]
