"""What workers do: one function per act or question, over records and rules, through a Work."""
