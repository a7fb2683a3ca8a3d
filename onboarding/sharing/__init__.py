"""Sharing a data stream with other AWS accounts: what a spec declares of it, and AWS's rules."""
