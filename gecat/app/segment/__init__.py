"""The Segment tab: a photo in, and everything that its mask is good for."""
