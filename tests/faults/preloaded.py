"""What the server that forks scenario processes loads once: Django, boto3, and botocore's models."""

from functools import lru_cache

import botocore.loaders
import botocore.session
import django
from django.urls import get_resolver

# Every AwsSession has a botocore session of its own, which reads the models of AWS's services anew; here they share.
_loader = lru_cache(maxsize=1)(botocore.loaders.create_loader)


def share_models() -> None:
    """Let all botocore sessions of this process use the same loaded models."""
    original = botocore.session.Session._register_data_loader

    def shared(self) -> None:
        original(self)
        self._components.register_component("data_loader", _loader())

    botocore.session.Session._register_data_loader = shared


def warm() -> None:
    """Load before the forks what each worker needs: the addresses of all pages, and one client of every service."""
    _ = get_resolver().reverse_dict
    session = botocore.session.Session()
    for service in ("sts", "iam", "kinesis", "firehose", "s3", "logs", "kms", "cloudformation", "iot"):
        session.create_client(service, region_name="eu-west-1", aws_access_key_id="1", aws_secret_access_key="1")


share_models()
django.setup()
warm()

from tests import database  # noqa: E402  (needs Django to be set up)
from tests.faults import case, invariants, worker  # noqa: E402, F401  (models need Django to be set up)

database.install()
