"""From the files of an upload to cases and their series."""
