"""The hours in which records of a stream are expected: shown, and set by a person."""
