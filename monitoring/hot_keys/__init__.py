"""Which partition keys fill a shard: counted from the records that the tap reads, and forgotten with them."""
