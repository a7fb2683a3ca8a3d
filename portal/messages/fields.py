"""A message as a column: JSON in PostgreSQL, a Message in Python, None for nothing to say."""

from typing import Any

from django.db import models

from portal.messages.message import Message, from_json


class MessageField(models.JSONField[Message | None, Message | None]):
    """A nullable column that holds one message; never its sentence, which belongs to a language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"null": True, "blank": True, "editable": False, **kwargs})

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Message | None:
        """Return the message of a row."""
        stored = super().from_db_value(value, expression, connection)
        return from_json(stored) if stored else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what PostgreSQL keeps of a message."""
        return super().get_db_prep_value(self._stored(value), connection, prepared)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Return what PostgreSQL keeps of a message."""
        return super().get_db_prep_save(self._stored(value), connection)

    def value_to_string(self, obj: models.Model) -> Any:
        """Return the message as serializers write it."""
        return self._stored(self.value_from_object(obj))

    def to_python(self, value: Any) -> Message | None:
        """Return a message from what serializers read."""
        return from_json(value) if isinstance(value, dict) else value

    @staticmethod
    def _stored(value: Any) -> Any:
        return value.as_json() if isinstance(value, Message) else value
