//! Signatures of callbacks, webhooks and the addresses of files.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// HMAC-SHA256 of a message.
pub(crate) fn hmac(secret: &str, message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length, so there is always one.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        })
        .unwrap_or_default()
}

/// The `hmac` of a query: its other parameters in the order of their names as `name=value`, spaces as `%20`, signed in lower-case hex.
#[must_use]
pub fn query_hmac(secret: &str, parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> =
        parameters.iter().filter(|(name, _)| !matches!(name.as_str(), "hmac" | "signature")).collect();
    sorted.sort();
    let encoded =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let pairs: Vec<String> =
        sorted.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    hex::encode(hmac(secret, pairs.join("&").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        text.split('&').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
    }

    #[test]
    fn queries_are_signed_as_the_published_vectors_are() {
        let plain = "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173";
        let signed = "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20";
        assert_eq!(query_hmac("hush", &pairs(plain)), signed);
        let with_state = "code=0907a61c0c8d55e99db179b68161bc00&timestamp=1337178173&shop=some-shop.myshopify.com&state=0.6784241404160823&hmac=x";
        let signed = "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf";
        assert_eq!(query_hmac("hush", &pairs(with_state)), signed);
    }
}
