"""Django's PostgreSQL backend, with the scope of row-level security sent with every statement."""
