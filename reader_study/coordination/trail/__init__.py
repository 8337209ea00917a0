"""The audit trail of a study as its coordinators see it, and as it leaves the program."""
