"""What is kept: the declarative classes shared by laptop and headquarters, and how they travel."""
