"""A standing audit: facts drawn by lot beside their source text, judged by people, counted table by table."""
