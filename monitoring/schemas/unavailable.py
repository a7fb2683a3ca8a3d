"""A schema that cannot be read, as all registries report it."""

from portal.messages.message import Message


class SchemaUnavailable(Exception):
    """A schema that is not known; `message` says why, and repeats nothing that a server answered."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message
