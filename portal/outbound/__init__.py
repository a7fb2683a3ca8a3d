"""Requests to addresses that people give: checked, resolved once, sent to the checked address. Knows no Django."""
