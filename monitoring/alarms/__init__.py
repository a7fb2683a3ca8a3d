"""The alerts of streams as CloudWatch alarms and dashboards, in files for the client's own account.

alarm.py says what an alarm is, conditions.py which a stream has; both are pure, and each format only writes them down.
"""
