"""Schemas of registries that records name: from where they may be read, and what was read, for the tap and workers."""
