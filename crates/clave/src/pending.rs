//! Authorization requests on their way.
