"""The Compare tab: one photo by many methods, and what was measured on many."""
