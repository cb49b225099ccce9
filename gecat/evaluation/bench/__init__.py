"""What `gecat bench` measures, one bench a file."""
