"""The pages of monthly reports: the list, and one to read and print."""
