"""The Train tab: start a run, watch it learn, steer it, take it home."""
