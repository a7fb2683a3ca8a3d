"""Things: the devices of an integration. Requested one by one or from a CSV file, created and removed by workers."""
