"""The simulated devices of a client: they publish over MQTT with the certificates of their packages."""
