//! Standard Webhooks (standardwebhooks.com): secrets spelled `whsec_…` and the signature over id, time and body.
//!
//! Must not know: HTTP, sinks, where a secret came from.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a key that the specification allows.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Bytes of a key that we make.
const FRESH_BYTES: usize = 32;

/// Why a text is no secret. It never repeats the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Another kind of secret.
    #[error("a webhook's secret begins with `whsec_`: take the one your receiver shows you, or make one: `newswatch sinks secret`")]
    Prefix,
    /// Cut off, or mistyped.
    #[error("what follows `whsec_` is not base64: copy the secret again, or make one: `newswatch sinks secret`")]
    Base64,
    /// Too short to be safe, or too long to be one.
    #[error("this secret has {0} bytes, and a webhook's has 24 to 64: make one with `newswatch sinks secret`")]
    Length(usize),
}

/// A key that signs. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

impl SigningKey {
    /// Reads `whsec_` and base64 (with or without its padding; white space around it is ignored).
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(SecretError::Prefix)?;
        let unpadded = encoded.trim_end_matches('=');
        let key = base64::engine::general_purpose::STANDARD_NO_PAD.decode(unpadded).map_err(|_| SecretError::Base64)?;
        if KEY_BYTES.contains(&key.len()) { Ok(Self(key)) } else { Err(SecretError::Length(key.len())) }
    }

    /// `v1,` and the base64 of HMAC-SHA256 over `id.seconds.body`.
    fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// The `webhook-signature` header: one signature by each key, so that a receiver can change from one secret to the next without a
/// gap. None without keys.
pub fn signature(keys: &[SigningKey], id: &str, seconds: i64, body: &[u8]) -> Option<String> {
    let signed: Vec<String> = keys.iter().filter_map(|key| key.sign(id, seconds, body)).collect();
    (!signed.is_empty()).then(|| signed.join(" "))
}

/// A fresh secret of 32 random bytes, spelled `whsec_…`.
///
/// # Panics
/// When the system has no randomness: no secret is better than one that can be guessed.
#[allow(clippy::expect_used)] // see "Panics"
pub fn fresh_secret() -> String {
    let mut key = [0; FRESH_BYTES];
    getrandom::fill(&mut key).expect("the system gives random bytes");
    format!("{PREFIX}{}", STANDARD.encode(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 24 bytes, 0 to 23.
    const FIRST: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
    /// 32 bytes, all 7.
    const SECOND: &str = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

    /// Worked out apart from this code: `printf 'msg_1.1764000000.{"v":1}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…17 -binary | base64`.
    #[test]
    fn the_signature_is_the_one_other_tools_compute() {
        let key = SigningKey::parse(FIRST).unwrap();
        assert_eq!(signature(&[key], "msg_1", 1_764_000_000, br#"{"v":1}"#).unwrap(), "v1,TNh1h1jtaHfNIOgONnJu9VxT5oK5rn5pNM41NevbwBA=");
    }

    #[test]
    fn two_secrets_give_two_signatures() {
        let keys = [SigningKey::parse(FIRST).unwrap(), SigningKey::parse(SECOND).unwrap()];
        let both = signature(&keys, "msg_1", 1_764_000_000, b"{}").unwrap();
        let each: Vec<String> = keys.iter().map(|k| signature(std::slice::from_ref(k), "msg_1", 1_764_000_000, b"{}").unwrap()).collect();
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
        assert_eq!(signature(&[], "msg_1", 0, b""), None);
    }

    #[test]
    fn each_part_counts() {
        let key = [SigningKey::parse(FIRST).unwrap()];
        let base = signature(&key, "msg_1", 1, b"{}");
        assert_ne!(base, signature(&key, "msg_2", 1, b"{}"));
        assert_ne!(base, signature(&key, "msg_1", 2, b"{}"));
        assert_ne!(base, signature(&key, "msg_1", 1, b"{ }"));
    }

    #[test]
    fn secrets_are_read_strictly_and_never_shown() {
        assert!(SigningKey::parse(&format!(" {SECOND}\n")).is_ok());
        assert!(SigningKey::parse(SECOND.trim_end_matches('=')).is_ok());
        assert_eq!(SigningKey::parse("hunter2"), Err(SecretError::Prefix));
        assert_eq!(SigningKey::parse("whsec_!!!!"), Err(SecretError::Base64));
        assert_eq!(SigningKey::parse("whsec_AAEC"), Err(SecretError::Length(3)));
        assert_eq!(SigningKey::parse("whsec_"), Err(SecretError::Length(0)));
        let shown = format!("{:?}", SigningKey::parse(FIRST).unwrap());
        assert_eq!(shown, "SigningKey(***)");
    }

    #[test]
    fn a_fresh_secret_can_be_used_and_is_not_the_last_one() {
        let (one, other) = (fresh_secret(), fresh_secret());
        assert!(SigningKey::parse(&one).is_ok(), "{one}");
        assert_ne!(one, other);
    }
}
