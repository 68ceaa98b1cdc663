//! Pure: keywords and the watch language: parse, plan, match, explain.
