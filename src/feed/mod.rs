//! Pure: bytes to entries: charset, repair, reading, canonical URLs, dates.
