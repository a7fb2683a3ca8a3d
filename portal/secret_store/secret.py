"""A secret as a value of Python: nothing shows it but `reveal()`."""

from typing import NoReturn

from portal.secret_store import store

MASK = "••••••••"


class Secret:
    """A secret of a row, which stays encrypted until `reveal` is called. Text, repr and formats of it are a mask."""

    __slots__ = ("_owner", "stored")

    def __init__(self, stored: str, *, owner: str | None) -> None:
        """Keep what is stored; without an owner, as in the rows of `values()`, it cannot be revealed."""
        self.stored = stored
        self._owner = owner

    def reveal(self) -> str:
        """Return the secret. Raises SecretStoreOff or SecretUnreadable."""
        if self._owner is None:
            raise store.SecretUnreadable("a secret can be revealed only through its row")
        return store.decrypt(self.stored, owner=self._owner)

    def __bool__(self) -> bool:
        return bool(self.stored)

    def __repr__(self) -> str:
        return f"<Secret {MASK}>"

    def __str__(self) -> str:
        return MASK if self.stored else ""

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled: it would be stored in a cache or a message")
