//! Pure: HTML to text, the fold, tokens and their forms, spans back to the source.
