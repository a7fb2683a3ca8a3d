"""The permission sheet: one line for each action and resource of the grant, and for what must be refused.

asks.py: what is asked, and what the answer should be. simulation.py and probes.py: the two ways to ask AWS. causes.py:
why AWS refused, and the statement that cures it. sheet.py: the whole.
boundary.py: what deliveries may reach.
"""

from portal.aws.permissions.asks import Examples
from portal.aws.permissions.boundary import boundary_lines
from portal.aws.permissions.causes import Cause
from portal.aws.permissions.sheet import Line, Sheet, Verdict, examine

__all__ = ["Cause", "Examples", "Line", "Sheet", "Verdict", "boundary_lines", "examine"]
