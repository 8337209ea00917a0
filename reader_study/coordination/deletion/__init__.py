"""Delete a patient's data on request, and what is kept no longer than its time."""
