"""Registered consumers with enhanced fan-out: what a spec declares of them, and AWS's limits."""
