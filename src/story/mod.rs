//! Pure: which story is this article.
