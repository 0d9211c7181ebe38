"""Search tasks by what words mean: segmentation, expressions of the same meaning as data, and a ranking by rarity."""
