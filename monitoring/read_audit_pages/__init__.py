"""The page that shows a tenant who was sent its records, and the file of it."""
