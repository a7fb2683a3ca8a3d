"""No call to AWS inside a transaction: AWS may take a minute, and rows that are locked meanwhile are waited for.

Installed for the whole test run, in this process and in those that are forked from it.
"""

import botocore.client
from django.db import connections, transaction
from django.db.transaction import Atomic

_MESSAGE = "{operation} was called inside a transaction. Commit first: rows that it has locked stay locked meanwhile."


def install() -> None:
    """Fail every call to AWS that is made inside a transaction; that of a test case around the test is none."""
    call = botocore.client.BaseClient._make_api_call

    def guarded(client, operation, parameters):
        if is_in_transaction():
            raise AssertionError(_MESSAGE.format(operation=operation))
        return call(client, operation, parameters)

    botocore.client.BaseClient._make_api_call = guarded


def around_tests() -> Atomic:
    """Return a transaction around a module's tests, or around a request, that counts as a test case's."""
    block = transaction.atomic()
    block._from_testcase = True
    return block


def is_in_transaction() -> bool:
    """Return whether this thread has a transaction open that the code under test has begun."""
    return any(
        not block._from_testcase
        for connection in connections.all(initialized_only=True)
        for block in connection.atomic_blocks
    )
