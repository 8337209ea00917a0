"""What the cohort refuses, in one clear sentence."""


class CaseChangeRefusedError(Exception):
    """The state of the study or of the case forbids the change; the message says why."""
