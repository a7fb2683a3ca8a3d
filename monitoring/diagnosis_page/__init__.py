"""The page of a stream's diagnosis: the first cause, every check, and the text for a support ticket."""
