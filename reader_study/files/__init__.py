"""Files that are there whole or not at all, and files that nobody else may read."""
