"""The demo: everything Sluice needs, started on one machine by `make demo`, with a simulated building that sends."""
