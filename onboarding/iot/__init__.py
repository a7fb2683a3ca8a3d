"""Devices that send through AWS IoT Core: the declaration of such a source and its rules. Pure."""
