//! From a name to addresses, with the guard inside: what reqwest connects to is exactly what was judged here, so a name server that
//! answers differently the second time gains nothing.

use super::address;
use super::error::FetchError;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Lookups under way at once. A lookup cannot be called off: with a dead name server each one holds a thread for up to half a minute.
const LOOKUPS: usize = 32;

/// The answer of a [`Lookup`].
pub type LookupFuture = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Finds the addresses of a name. The system's own by default; tests give theirs.
pub type Lookup = Arc<dyn Fn(String) -> LookupFuture + Send + Sync>;

/// The system's resolver (`/etc/hosts`, nsswitch, the name servers), on threads of tokio's blocking pool, at most [`LOOKUPS`].
pub(super) fn system() -> Lookup {
    let room = Arc::new(Semaphore::new(LOOKUPS));
    Arc::new(move |name| {
        let room = room.clone();
        Box::pin(async move {
            let permit = room.acquire_owned().await.map_err(io::Error::other)?;
            // This is what tokio::net::lookup_host does, but the permit stays with the thread when the waiter has given up.
            #[allow(clippy::disallowed_methods, reason = "no task: a bounded call into libc, awaited here, that nobody can cancel or join later")]
            let found = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                (name.as_str(), 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect())
            });
            found.await.map_err(io::Error::other)?
        })
    })
}

/// The resolver given to a client.
pub(super) struct Guarded {
    pub lookup: Lookup,
    pub allow_private: bool,
    pub deadline: Duration,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let looking = (self.lookup)(name.clone());
        let (allow_private, deadline) = (self.allow_private, self.deadline);
        Box::pin(async move {
            let found = match tokio::time::timeout(deadline, looking).await {
                Err(_) => return Err(FetchError::dns_silent(&name, deadline).into()),
                Ok(Err(error)) => return Err(FetchError::dns(&name, &error).into()),
                Ok(Ok(found)) => found,
            };
            let (reachable, private): (Vec<IpAddr>, Vec<IpAddr>) =
                found.into_iter().partition(|ip| allow_private || address::is_public_resolved(*ip));
            match (reachable.is_empty(), private.first()) {
                (false, _) => Ok(Box::new(reachable.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs),
                (true, Some(ip)) => Err(FetchError::private_name(&name, *ip).into()),
                (true, None) => Err(FetchError::dns(&name, &io::Error::other("it has no address")).into()),
            }
        })
    }
}
