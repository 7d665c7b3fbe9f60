//! Things that serve once, on all nodes.
