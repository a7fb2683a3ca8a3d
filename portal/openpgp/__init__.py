"""OpenPGP: certificates that people upload, and messages encrypted to them. Knows no Django and no AWS."""
