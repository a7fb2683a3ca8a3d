"""Who reads a data stream by access that a spec declares: roles of consumers, and how a consumer signs in."""
