"""The page that estimates shards and cost from the measured traffic of a stream."""
