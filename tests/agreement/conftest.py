"""Settings of the property tests in this folder."""

from hypothesis import settings

# A shared machine may stall for longer than Hypothesis allows one example.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
