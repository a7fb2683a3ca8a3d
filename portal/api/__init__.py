"""What programs request with an API token: JSON, without cookies, sessions or forms. docs/api.md describes it."""
