"""From a photo to its mask with trained networks."""
