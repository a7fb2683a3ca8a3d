"""A plan as files that a client applies without Sluice: CloudFormation, Terraform, and a script for the AWS CLI.

resources.py says once what a plan creates; each other file writes that down in one format. None adds or omits
anything. No file holds a secret, and none creates the access key: in a template's output or in Terraform's state it
would be readable. key_script.py creates it separately, and encrypts it before it is written; removal_script.py removes
everything again.
"""
