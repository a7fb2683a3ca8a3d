"""The audit of reads: who was sent records of which stream, from when to when, and how many."""
