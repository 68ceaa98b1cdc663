//! TLS: rustls with ring, trusting the system's certificates and, where a feed names one, a file of its own. Never less than that: there is no
//! switch that accepts a bad certificate.

use super::error::{FetchError, Kind};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// What a client trusts. `rootless` says that this is nothing at all: every https address will fail, and the reason is here, not there.
pub(super) struct Trust {
    pub config: ClientConfig,
    pub rootless: bool,
}

/// The system's certificates; a machine without any still gets a client (the demo needs none).
pub(super) fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // What could not be read is left out: a single bad file in /etc/ssl/certs must not take all the others along.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// The system's certificates and those of `ca_file` (PEM).
pub(super) fn trust(system: &RootCertStore, ca_file: Option<&Path>) -> Result<Trust, FetchError> {
    let mut roots = system.clone();
    if let Some(path) = ca_file {
        let unusable = |why: String| FetchError::new(Kind::Tls, format!("ca_file {}: {why}", path.display()));
        let certificates: Vec<CertificateDer<'static>> =
            CertificateDer::pem_file_iter(path).and_then(Iterator::collect).map_err(|error| match error {
                rustls::pki_types::pem::Error::Io(io) => unusable(io.to_string()),
                other => unusable(format!("is no PEM file: {other}")),
            })?;
        if roots.add_parsable_certificates(certificates).0 == 0 {
            return Err(unusable("holds no certificate; it has to begin with -----BEGIN CERTIFICATE-----".to_owned()));
        }
    }
    let rootless = roots.is_empty();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| FetchError::new(Kind::Tls, error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Trust { config, rootless })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_certificates_still_gets_a_client() {
        let trust = trust(&RootCertStore::empty(), None).unwrap();
        assert!(trust.rootless);
        assert!(reqwest::Client::builder().tls_backend_preconfigured(trust.config).build().is_ok());
    }

    #[test]
    fn a_ca_file_that_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.pem");
        let error = trust(&RootCertStore::empty(), Some(&missing)).err().unwrap();
        assert!(error.reason.contains("missing.pem") && error.reason.contains("No such file"), "{}", error.reason);
        for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n!!"] {
            let path = folder.path().join("bad.pem");
            std::fs::write(&path, text).unwrap();
            let error = trust(&RootCertStore::empty(), Some(&path)).err().unwrap();
            assert_eq!(error.kind, Kind::Tls);
            assert!(error.reason.contains("bad.pem"), "{}", error.reason);
        }
    }
}
