"""A table of Amazon Athena over the files of a delivery, generated from its prefix."""
