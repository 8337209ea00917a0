"""What the cohort refuses, in one clear sentence."""


class CaseChangeRefusedError(Exception):
    """The state of the study or of the case forbids the change; the message says why."""


class PatientRefusedError(Exception):
    """A patient's files must not become this case; the message says why and what to do."""
