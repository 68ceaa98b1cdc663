//! How a command ends: an exit code of sysexits(3) and what the person reads.

use std::fmt;
use std::io;

/// The exit codes of the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// `match -q` hit nothing.
    Nothing = 1,
    /// Usage, or a refused `--query`.
    Usage = 64,
    /// Bad input data.
    Data = 65,
    /// No such file, URL, id or name.
    NoInput = 66,
    /// The service or its store is unavailable.
    Unavailable = 69,
    /// A defect.
    Internal = 70,
    /// Input or output failed.
    Io = 74,
    /// No permission; also a refused private address.
    Permission = 77,
    /// Configuration.
    Config = 78,
}

/// A command that did not do what was asked. An empty message was told already.
#[derive(Debug)]
pub struct Exit {
    /// The process's exit code.
    pub code: Code,
    /// For stderr, without the program's name.
    pub message: String,
}

impl Exit {
    /// With a message.
    pub fn new(code: Code, message: impl fmt::Display) -> Self {
        Self { code, message: message.to_string() }
    }

    /// Everything has been said.
    pub const fn silent(code: Code) -> Self {
        Self { code, message: String::new() }
    }
}

impl From<io::Error> for Exit {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Whoever read our output has seen enough (`newswatch alerts | head`).
            io::ErrorKind::BrokenPipe => Self::silent(Code::Io),
            io::ErrorKind::NotFound => Self::new(Code::NoInput, error),
            io::ErrorKind::PermissionDenied => Self::new(Code::Permission, error),
            _ => Self::new(Code::Io, error),
        }
    }
}
