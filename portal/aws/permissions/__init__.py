"""The permission report: a line for each action and resource of the grant, and for what must be denied.

checks.py: what is checked and what the result should be. simulation.py and probes.py: the two ways to ask AWS.
denials.py: why AWS denied a call, and the statement that fixes it. report.py: the whole report.
boundary_lines.py: what deliveries can access. portal/messages/permissions.py: the English of all of them.
"""
