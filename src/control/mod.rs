//! Commands to the running daemon, over its unix socket.
