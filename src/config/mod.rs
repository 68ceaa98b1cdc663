//! TOML to typed values with spans; every problem at once; secrets; what a reload changes.
