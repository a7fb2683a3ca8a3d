"""Alerts: rules as data, what opens and closes them, who is notified, and what people do with them."""
