"""How the events of the tabs run."""

# One photo at a time goes through the network; drawing is cheap enough for two at once.
NETWORK = {"concurrency_id": "network", "concurrency_limit": 1}
DRAWING = {"concurrency_id": "drawing", "concurrency_limit": 2}
PRIVATE = {"api_visibility": "private"}
# The last of many values or photos counts: by default Gradio drops what a chained event was sent
# while it ran. And the picture must not flicker meanwhile.
LIVE = {"trigger_mode": "always_last", "show_progress": "hidden"}
