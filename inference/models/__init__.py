"""Models on disk: what they may contain, and the network built of it."""
