"""One module per page: a function from a request to a template and what it shows."""
