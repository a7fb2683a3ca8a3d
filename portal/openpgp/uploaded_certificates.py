"""Finds the certificates in an upload: armored, binary, or as text that was changed on its way."""

from portal.messages.message import Message
from portal.openpgp.armor import ArmorError
from portal.openpgp.keymaterial import key_material
from portal.openpgp.other_uploads import is_keybox, other_upload
from portal.openpgp.own_packets import is_ignored
from portal.openpgp.packets import Packet, PacketError, Tag, packets
from portal.openpgp.pasted_text import WrongChecksum, blocks_in
from portal.openpgp.refusals import CertificateRefused
from portal.openpgp.secret_key import SECRET
from portal.openpgp.signatures import KEY_REVOCATION, signature_of
from portal.openpgp.text_forms import inner_bytes, is_text, printable, text_of

Certificate = tuple[Packet, ...]

# Before other people's signatures are dropped: the smallest of 512 KiB would be fewer.
_MAX_PACKETS = 8_000
_MOST_NAMED = 6
_ALLOWED = frozenset({Tag.PUBLIC_KEY, Tag.PUBLIC_SUBKEY, Tag.USER_ID, Tag.USER_ATTRIBUTE, Tag.SIGNATURE})
_ENCRYPTED = frozenset({Tag.PKESK, Tag.SEIPD, Tag.AEAD})


def certificates_in(blob: bytes) -> list[Certificate]:
    """Return the copies of the one key in an upload, as packets. Raises CertificateRefused for anything else."""
    try:
        found = [certificate for data in _binaries(blob) for certificate in _certificates(data)]
        fingerprints = {key_material(certificate[0]).fingerprint for certificate in found}
    except WrongChecksum as error:
        raise CertificateRefused(Message("openpgp.wrong_checksum")) from error
    except (PacketError, ArmorError) as error:
        raise CertificateRefused(Message("openpgp.unreadable")) from error
    if len(fingerprints) > 1:
        raise CertificateRefused(
            Message("openpgp.several_keys", exports=[_export(copy) for copy in found[:_MOST_NAMED]])
        )
    return found


def _binaries(blob: bytes) -> list[bytes]:
    if is_keybox(blob):
        raise CertificateRefused(Message("openpgp.keybox"))
    if not is_text(blob):
        return [blob]
    text = text_of(blob)
    found = blocks_in(text)
    for kind in ("PUBLIC KEY BLOCK", "SIGNATURE"):  # Sequoia writes a revocation as the signature that it is
        blocks = [block.data for block in found if block.kind == kind]
        if blocks and (kind != "SIGNATURE" or _is_of_signatures(blocks[0])):
            return blocks
    inner = inner_bytes(text)
    if inner and not is_text(inner) and not found:
        return [inner]
    raise CertificateRefused(other_upload(text, [block.kind for block in found]))


def _certificates(data: bytes) -> list[Certificate]:
    found = tuple(packets(data, most=_MAX_PACKETS))
    _check_packets(found)
    starts = [number for number, packet in enumerate(found) if packet.tag == Tag.PUBLIC_KEY]
    copies = [found[start:end] for start, end in zip(starts, [*starts[1:], len(found)], strict=True)]
    if len(set(copies)) < len(copies):
        raise CertificateRefused(Message("openpgp.repeated"))
    return copies


def _check_packets(found: Certificate) -> None:
    tags = {packet.tag for packet in found}
    if SECRET & tags:
        raise CertificateRefused(Message("openpgp.private_key"))
    if Tag.COMPRESSED in tags:
        raise CertificateRefused(Message("openpgp.compressed"))
    if _ENCRYPTED & tags:
        raise CertificateRefused(Message("openpgp.not_a_public_key", found=Message("openpgp.found_message")))
    if tags == {Tag.SIGNATURE}:
        raise CertificateRefused(_of_signatures(found))
    if any(tag not in _ALLOWED and not is_ignored(tag) for tag in tags) or not tags or found[0].tag != Tag.PUBLIC_KEY:
        raise CertificateRefused(Message("openpgp.unreadable"))


def _is_of_signatures(data: bytes) -> bool:
    try:
        return {packet.tag for packet in packets(data, most=_MAX_PACKETS)} == {Tag.SIGNATURE}
    except PacketError:
        return False


def _of_signatures(found: Certificate) -> Message:
    signatures = [signature_of(packet) for packet in found]
    if any(signature and signature.kind == KEY_REVOCATION for signature in signatures):
        return Message("openpgp.revocation_certificate")
    return Message("openpgp.not_a_public_key", found=Message("openpgp.found_signature"))


def _export(certificate: Certificate) -> str:
    user_id = next((packet.body for packet in certificate if packet.tag == Tag.USER_ID), b"")
    name = printable(user_id.decode("utf-8", "replace"))[:100]
    return f"“gpg --armor --export {key_material(certificate[0]).fingerprint}” ({name})"
