"""The race: the method and plain adversarial training side by side, from one start."""
