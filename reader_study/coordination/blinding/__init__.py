"""Look for what would tell a rater more than the images: on a live study, and in the tests."""
