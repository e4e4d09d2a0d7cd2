//! What Shopify signs with our secret: the query it sends a person back with, and the bodies of webhooks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// Whether `signature`, which is base64, is that of a body under any of the secrets. How long it takes does not tell how far it was right.
pub(super) fn signs_body<'a>(
    secrets: impl IntoIterator<Item = &'a SecretString>,
    body: &[u8],
    signature: &str,
) -> bool {
    STANDARD.decode(signature).is_ok_and(|signature| is_signed(secrets, body, &signature))
}

/// Whether the parameter `hmac` of a query is that of the others under any of the secrets.
pub(super) fn signs_query<'a>(
    secrets: impl IntoIterator<Item = &'a SecretString>,
    parameters: &[(String, String)],
) -> bool {
    let signature = parameters.iter().find(|(name, _)| name == "hmac").and_then(|(_, value)| hex::decode(value).ok());
    signature.is_some_and(|signature| is_signed(secrets, message(parameters).as_bytes(), &signature))
}

fn is_signed<'a>(secrets: impl IntoIterator<Item = &'a SecretString>, message: &[u8], signature: &[u8]) -> bool {
    secrets.into_iter().any(|secret| {
        // A key of any length is one.
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            .is_ok_and(|mac| mac.chain_update(message).verify_slice(signature).is_ok())
    })
}

/// The text that is signed: the parameters but for the signature, by their names; those that come several times as one, with commas.
fn message(parameters: &[(String, String)]) -> String {
    let mut signed: Vec<(&str, String)> = Vec::new();
    for (name, value) in parameters.iter().filter(|(name, _)| !matches!(name.as_str(), "hmac" | "signature")) {
        match signed.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => {
                values.push(',');
                values.push_str(value);
            }
            None => signed.push((name, value.clone())),
        }
    }
    signed.sort();
    let pairs: Vec<String> =
        signed.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

/// As in the query of an address, but for blanks, which are `%20`.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Vec<(String, String)> {
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    fn secrets(secrets: &[&str]) -> Vec<SecretString> {
        secrets.iter().map(|secret| SecretString::from(*secret)).collect()
    }

    #[test]
    fn known_signatures_of_queries_are_right() {
        let hush = secrets(&["hush"]);
        for query in [
            "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173\
             &hmac=4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20",
            "hmac=700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf&timestamp=1337178173\
             &state=0.6784241404160823&shop=some-shop.myshopify.com&code=0907a61c0c8d55e99db179b68161bc00",
        ] {
            assert!(signs_query(&hush, &parameters(query)), "{query}");
            assert!(signs_query(&secrets(&["new", "hush"]), &parameters(query)), "the old secret is taken too");
            assert!(!signs_query(&secrets(&["other"]), &parameters(query)));
            assert!(!signs_query(&hush, &parameters(&query.replace("some-shop", "evil-shop"))));
            assert!(!signs_query(&hush, &parameters(&format!("{query}&more=1"))));
        }
        assert!(!signs_query(&hush, &parameters("code=1&shop=a&timestamp=1")));
        assert!(!signs_query(&hush, &parameters("code=1&hmac=zz")));
    }

    #[test]
    fn a_query_is_signed_by_name_with_blanks_as_percent_twenty() {
        assert_eq!(message(&parameters("b=2&a=x%20y&hmac=1&signature=2&c=%26")), "a=x%20y&b=2&c=%26");
        assert_eq!(message(&parameters("ids=1&ids=2&a=0")), "a=0&ids=1%2C2");
    }

    #[test]
    fn a_body_is_signed_byte_by_byte() {
        // printf '{"id":1}' | openssl dgst -sha256 -hmac hush -binary | base64
        let signature = "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY=";
        assert!(signs_body(&secrets(&["hush"]), b"{\"id\":1}", signature));
        assert!(signs_body(&secrets(&["new", "hush"]), b"{\"id\":1}", signature));
        assert!(!signs_body(&secrets(&["hush"]), b"{\"id\": 1}", signature));
        assert!(!signs_body(&secrets(&["new"]), b"{\"id\":1}", signature));
        assert!(!signs_body(&secrets(&["hush"]), b"{\"id\":1}", "no base64!"));
        assert!(!signs_body(&secrets(&["hush"]), b"{\"id\":1}", ""));
    }
}
