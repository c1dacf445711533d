"""Which sites a planner means: by an expression over their columns, by place, or by a choice kept under a name."""
