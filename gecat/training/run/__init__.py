"""What lies in a run's folder, and who writes and reads it."""
