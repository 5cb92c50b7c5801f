"""`portico up`: everything on one machine, on embedded defaults, with demo data."""
