"""What the views of the Explore tab draw: numbers in, HTML and pictures out; no Gradio."""
