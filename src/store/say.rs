//! What the store has to tell an operator, in one place.
