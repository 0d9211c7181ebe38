"""Train and evaluate the model by which tables are read."""
