"""What `gecat bench KIND` measures, one bench a file.

A bench's file has `add_options(parser)` and `run(options)`, which returns the command's Status. To
add one, write the file and name it here.
"""

BENCHES = {
    "quality": "every classical rival and the networks, one thread",
    "discriminator": "whether the discriminator can tell wrong masks",
    "touch_up": "how few clicks mend a mask, and how fast it answers",
    "scenes": "what a minute teaches preset small about drawn scenes",
    "empty": "whether pictures that show nothing get an empty mask",
    "ablation": "what each part of the method is worth",
    "stability": "whether the gradient epoch holds, in games with a known end and in its own",
    "race": "where plain adversarial training breaks, and whether the method does",
    "semisupervised": "how far a few masks made by people go",
    "robustness": "attacks on the running app: what SECURITY.md promises, tried",
    "speed": "how long everything takes, beside what it is built on",
    "inspection": "how long the networks let visitors of the Explore tab wait",
    "formats": "whether files of all kinds are read as Pillow and littlecms read them",
    "pictures": "draw the README's picture with the networks",
}
