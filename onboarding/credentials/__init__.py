"""The producer's access key: made, encrypted to its recipients and forgotten, in a process of its own."""
