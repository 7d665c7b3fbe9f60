//! Keys that sign what relying systems read.
