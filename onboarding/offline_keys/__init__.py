"""Checks OpenPGP keys from files as the pages do, without the portal's settings, database or Redis."""
