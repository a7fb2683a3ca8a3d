"""The monthly report: what is known of a tenant's streams in a calendar month, stored once and sent once."""
