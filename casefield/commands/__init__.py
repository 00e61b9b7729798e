"""The commands of the laptop's command line, one file a theme."""
