"""How good a mask is: scores, classical rivals, and whole folders of photos."""
