"""The list of cases that a coordinator may send along with the files of a cohort."""
