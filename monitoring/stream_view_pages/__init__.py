"""The page of the saved filters and columns of a stream."""
