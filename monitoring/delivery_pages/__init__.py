"""The page of a stream's deliveries: what each could not deliver, and the first query of its files."""
