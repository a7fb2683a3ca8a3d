"""Every IAM document that Sluice creates, as pure functions: this package lists every permission.

producer.py: access keys for one data stream. delivery.py: Firehose and the bucket. destinations.py: Firehose and its
other destinations. keys.py: KMS keys. grant.py: Sluice itself in a client's account, from the statements
in streams.py, delivery_resources.py and identities.py. optional_permissions.py and chosen_permissions.py: what the
client decides. boundary.py, destination_boundary.py and listed_arns.py: the most that deliveries can be allowed.
boundary_check.py: whether a role stays within a boundary. descriptions.py: any document in plain English.
"""
