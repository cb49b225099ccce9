"""What the tabs share: errors, events, uploads, figures, looks."""
