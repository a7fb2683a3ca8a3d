"""The pages of alerts: the list of a tenant's, one with its evidence, and the thresholds."""
