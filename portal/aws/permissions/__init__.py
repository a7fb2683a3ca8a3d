"""The permission report: a line for each action and resource of the grant, and for what must be denied.

checks.py: what is checked and what the result should be, on the resources of example_resources.py.
simulation.py and probes.py: the two ways to ask AWS. denials.py: why AWS denied a call, and the statement to fix it.
report.py: the whole report, of report_lines.py. boundary_lines.py: what deliveries can access.
portal/messages/permissions.py: the English of all of them.
"""
