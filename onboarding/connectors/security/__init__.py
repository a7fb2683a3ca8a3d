"""Security options as a consumer sees them: what each is, when it is worth it, what it costs, generated. Pure."""
