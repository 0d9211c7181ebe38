"""Tests of the readers; `build` makes their files."""
