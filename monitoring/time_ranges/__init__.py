"""A time range that a person chose: which there are, what was read of it, and what happened in it."""
