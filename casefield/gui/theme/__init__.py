"""How the window looks: colours, type, icons, one generated style sheet."""
