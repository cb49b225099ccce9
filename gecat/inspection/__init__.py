"""What explains the networks: features, occlusion, improvement, the landscape of a cycle."""
