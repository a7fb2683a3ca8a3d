"""The page that shows which fields a stream's records have."""
