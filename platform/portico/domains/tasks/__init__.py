"""Long work that people see: exports (and imports, as domains register them), how far they are, and the files that
they make. The job itself is the kernel's row."""
