"""The page of a stream's history: where to start, and the records from there, page by page."""
