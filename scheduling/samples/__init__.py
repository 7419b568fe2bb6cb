"""Sample schools: invented people in the files that a real school would send, with traps. Leaf: domain only."""
