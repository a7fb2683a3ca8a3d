"""When to check again what AWS is working on: by how long it has taken so far, not at a fixed interval. Pure.

A check costs a call of the client's quota; a late check costs a person's time. AWS is seldom ready long before
its usual time, so one check half-way is enough for a quick day; the next comes just after the usual time. From then on
the distance grows with the age, so that however slow AWS is, what is ready is noticed at most a tenth of its age later.
In ten minutes that is some fifty checks, where a fixed two seconds would be 300.
"""

from dataclasses import dataclass

# Just after, not at: a check a moment too early costs a whole further one.
JUST_AFTER = 0.2
SHORTEST = 0.5
SHARE_OF_AGE = 0.1
# What is ready within so few seconds needs no check half-way.
SHORT = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to check something that AWS usually has ready after `usual` seconds."""

    usual: float

    def next_in(self, age: float) -> float:
        """Return in how many seconds to check something that has been waited for so many seconds."""
        half, whole = self.usual / 2, self.usual + JUST_AFTER
        if self.usual > SHORT and age < half:
            return max(SHORTEST, half - age)
        if age < self.usual:
            return max(SHORTEST, whole - age)
        return max(SHORTEST, age * SHARE_OF_AGE)


# What AWS usually takes. A stated assumption, not a promise: a wrong one costs checks or a tenth of the time.
STREAM_CREATING = Pace(10)
STREAM_UPDATING = Pace(3)
FIREHOSE_CREATING = Pace(15)
CONSUMER_REGISTERING = Pace(5)
# Ten seconds from its creation; the first try comes after the key was encrypted and its policy attached.
KEY_UNKNOWN = Pace(9.5)
# https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency
KEY_RIGHTS = Pace(3)
