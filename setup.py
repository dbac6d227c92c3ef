"""Compiles the translations as the package is built; all else about it is in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithCatalogues(build_py):
    """Compiles each catalogue beside its source, where a wheel takes it from and a checkout that is installed looks."""

    def run(self) -> None:
        """Compile the catalogues, then build."""
        for source in Path("prompts/locales").glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as written, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(written, abort_invalid=True))
        super().run()


setup(cmdclass={"build_py": BuildWithCatalogues})
