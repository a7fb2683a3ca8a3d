"""Settings for the tools that read a data stream, each generated from one description of the stream. Pure."""
