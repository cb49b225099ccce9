"""What the Compare tab draws."""
