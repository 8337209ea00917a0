"""Train a model on pairs of non-contrast CT and CT angiography of one's own."""
