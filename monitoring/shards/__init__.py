"""The shards of each stream as AWS lists them: which are open, and which came from which."""
