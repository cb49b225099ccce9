"""The Explore tab: what the generator and the discriminator see."""
