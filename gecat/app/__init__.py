"""The browser app. Only this room knows Gradio, and it holds no mathematics."""
