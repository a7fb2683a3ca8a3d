"""Hashes passwords of tests with one iteration: hashing them as in production took most of the time of the suite.

The hash is PBKDF2 with its number of iterations in it, so portal processes that tests start can verify it too.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 as Django has it, but for the iterations."""

    iterations = 1
