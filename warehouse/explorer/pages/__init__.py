"""Handlers of the pages: functions from a request to a template and its context."""
