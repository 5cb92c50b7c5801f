"""What Portico is about: one folder per domain, the same file names in each."""
