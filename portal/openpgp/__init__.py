"""OpenPGP at the portal's border: certificates people hand in, messages sealed to them. Knows no Django, no AWS."""
