"""Reading the history of a stream: from where, page by page in both directions, each record once."""
