"""A web process without row-level security, to compare with: no scope is sent, and its role is not bound by policies.

`uvicorn tests.bench.unscoped_web:application`, with the owner's URL as DATABASE_URL.
"""

from portal import database_role, database_scope
from portal.asgi import application

__all__ = ["application"]

database_scope.prefix = lambda _: ""
database_role.check = lambda *_: None
