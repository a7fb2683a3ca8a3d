"""Devices by command line: their file, their answer, and the waiting for them."""
