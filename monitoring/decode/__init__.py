"""The decoder ladder: what a data record's bytes say, which rung read them, and why the others could not."""

from monitoring.decode.ladder import Decoded, Rung, decode, printable

__all__ = ["Decoded", "Rung", "decode", "printable"]
