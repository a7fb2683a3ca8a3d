"""IAM: users with their access keys, managed policies, and roles."""
