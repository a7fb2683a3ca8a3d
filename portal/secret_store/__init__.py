"""Secrets of integrations and people, encrypted at rest. AWS access keys are not among them: they are never stored."""
