"""The producer's access key: created, encrypted to its recipients and forgotten, in a process of its own."""
