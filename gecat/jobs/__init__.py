"""Trainings as child processes; no Gradio."""
