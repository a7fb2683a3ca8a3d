"""Firehose streams as a spec declares them: what all have in common, and one file for each kind of destination."""
