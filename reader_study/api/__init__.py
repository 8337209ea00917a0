"""What all of the API has in common: its problems, its schema, and the rules of its requests."""
