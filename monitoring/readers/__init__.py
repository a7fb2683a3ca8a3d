"""Who reads a stream, and how far behind: what AWS lists where the client allows it."""
