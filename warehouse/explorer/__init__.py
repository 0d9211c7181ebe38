"""The explorer: the published warehouse as web pages, for people who do not write SQL. Its door is `create_app`."""

from warehouse.explorer.app import create_app

__all__ = ["create_app"]
