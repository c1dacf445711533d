"""The sample project: Yuexiu in 2021, schematic, made from a seed."""

from geo.sample.build import write_sample

__all__ = ["write_sample"]
