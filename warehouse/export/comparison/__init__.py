"""Notices side by side for the leadership: a workbook, and a report to print."""
