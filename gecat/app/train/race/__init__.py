"""The race inside the Train tab: the method beside plain adversarial training."""
