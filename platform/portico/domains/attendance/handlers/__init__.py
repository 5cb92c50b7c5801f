"""What attendance does when others report, by activity. Each file is imported here: only then does it hear."""
