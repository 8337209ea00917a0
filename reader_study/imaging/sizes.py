"""Sizes of files in words, in powers of 1000 as the pages and disks' makers count."""


def size_in_words(size_bytes: int) -> str:
    """Return a size as people read it: "12 MB", "4.3 GB"."""
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    size = size_bytes / 1000
    for unit in ("kB", "MB", "GB"):
        if size < 999.5:
            decimals = 1 if size < 10 and unit != "kB" else 0
            return f"{size:.{decimals}f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
