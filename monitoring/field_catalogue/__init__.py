"""Which fields a stream's records have: paths, types and shares from a sample, without values."""
