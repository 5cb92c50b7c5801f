"""Events of attendance, by activity. What a file here declares is named here too: only then is it registered."""
