"""The simulated building: sends records with the access key that Sluice delivered, and with nothing else."""
