"""Local stand-ins for what a server installation brings: PostgreSQL, Redis and an AWS emulator, as child processes.

Used by the demo and by the tests; nothing here runs in a server installation.
"""
