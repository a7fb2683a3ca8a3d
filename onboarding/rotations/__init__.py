"""Rotation and revocation of access keys: rows that workers advance in stages, and what people may change of them."""
