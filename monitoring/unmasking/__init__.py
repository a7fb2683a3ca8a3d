"""Acts by which a member of the vendor's staff sees a client's records unmasked for a while."""
