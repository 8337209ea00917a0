"""The series of a case: how they are stored and made, and what people decide about them."""
