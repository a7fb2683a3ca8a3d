"""Certificates as GnuPG lists them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.openpgp.text_forms import printable

_UNUSABLE = frozenset({"r", "e", "i", "d", "n"})


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A primary key or a subkey as GnuPG lists it: validity is GnuPG's letter (r revoked, e expired)."""

    key_id: str
    validity: str
    capabilities: str
    created: int
    expires_at: datetime | None

    @property
    def can_encrypt(self) -> bool:
        """Whether it is meant for encryption, usable or not (the primary's capitals speak of its subkeys)."""
        return "e" in self.capabilities

    @property
    def is_usable(self) -> bool:
        """Whether it is neither revoked, expired, disabled nor invalid."""
        return self.validity not in _UNUSABLE

    def has_expired(self, at: datetime) -> bool:
        """Return whether its own expiry has passed (GnuPG's letter is that of its primary key, too)."""
        return self.expires_at is not None and self.expires_at <= at


@dataclass(frozen=True, slots=True)
class ListedCertificate:
    """A certificate as GnuPG lists it; `user_ids` are those that are bound and not revoked."""

    fingerprint: str
    primary: ListedKey
    subkeys: tuple[ListedKey, ...]
    user_ids: tuple[str, ...]

    @property
    def encryption_subkeys(self) -> list[ListedKey]:
        """The subkeys for encryption, usable or not, the newest first."""
        return sorted((key for key in self.subkeys if key.can_encrypt), key=lambda key: -key.created)

    @property
    def encryption_keys(self) -> list[ListedKey]:
        """The keys for encryption in the order of choice: subkeys, the newest first, then the primary key."""
        return [*self.encryption_subkeys, *([self.primary] if self.primary.can_encrypt else [])]

    @property
    def encryption_key(self) -> ListedKey | None:
        """The key that GnuPG takes for encryption: the newest usable subkey for it, else the primary."""
        return next((key for key in self.encryption_keys if key.is_usable), None)


def certificate_of(row: dict[str, Any], user_ids: dict[str, dict[str, str]]) -> ListedCertificate:
    """Return the certificate of a row as python-gnupg lists it, with what it lists of user IDs."""
    subkeys = tuple(_key(info) for info in row.get("subkey_info", {}).values())
    shown = tuple(printable(_utf8(uid)) for uid in row["uids"] if user_ids.get(uid, {}).get("trust") not in _UNUSABLE)
    return ListedCertificate(row["fingerprint"], _key(row), subkeys, shown)


def _key(row: dict[str, str]) -> ListedKey:
    expires_at = datetime.fromtimestamp(int(row["expires"]), UTC) if row["expires"] else None
    return ListedKey(row["keyid"], row["trust"], row["cap"], int(row["date"] or 0), expires_at)


def _utf8(text: str) -> str:
    return text.encode("latin-1", "replace").decode("utf-8", "replace")
