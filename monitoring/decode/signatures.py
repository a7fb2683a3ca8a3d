"""Formats that are named by the bytes they begin with, and not opened: the row has their name, their size and hex."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG image"),
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"%PDF-", "PDF document"),
    (b"PAR1", "Parquet file"),
    (b"ORC", "ORC file"),
    (b"ARROW1\x00\x00", "Arrow file"),
    (b"\xe0\x01\x00\xea", "Amazon Ion"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
    (b"CDF\x01", "NetCDF file"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"OggS", "Ogg stream"),
    (b"fLaC", "FLAC audio"),
    (b"ID3", "MP3 audio"),
    (b"\x1aE\xdf\xa3", "Matroska or WebM video"),
    (b"\x7fELF", "ELF program"),
    (b"\x00asm", "WebAssembly module"),
    (b"\xca\xfe\xba\xbe", "Java class"),
    (b"\xac\xed\x00\x05", "Java serialized object"),
    (b"\x80\x04\x95", "Python pickle"),
    (b"\x80\x05\x95", "Python pickle"),
    (b"\x01\x02\x02\x00\x78", "AWS KMS ciphertext"),
    (b"age-encryption.org/v1\n", "age encrypted file"),
    (b"\x02\x21\x4c\x18", "LZ4 legacy frame"),
)
_RIFF = {b"WAVE": "WAV audio", b"WEBP": "WebP image", b"AVI ": "AVI video"}


def named(data: bytes) -> str | None:
    """Return the name of the format that the bytes begin with, or None."""
    if data[4:8] == b"ftyp":
        return "MP4 or HEIF file"
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12])
    if data.startswith(b"BM") and int.from_bytes(data[2:6], "little") == len(data):
        return "BMP image"
    return next((name for start, name in _STARTS if data.startswith(start)), None)


def names() -> set[str]:
    """Return every name that `named` can return."""
    return {name for _, name in _STARTS} | set(_RIFF.values()) | {"MP4 or HEIF file", "BMP image"}
