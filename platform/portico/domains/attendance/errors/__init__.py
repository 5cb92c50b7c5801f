"""What attendance refuses, by activity."""
