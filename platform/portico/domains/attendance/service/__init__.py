"""Changes of attendance, by activity."""
