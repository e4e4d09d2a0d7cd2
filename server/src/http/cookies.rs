//! Cookies that only this host gets back, and no script reads.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;

/// The `__Host-` prefix makes browsers insist on HTTPS (or the machine itself), on the path `/` and on this very host.
#[derive(Clone, Copy, Debug)]
pub struct HostCookie(&'static str);

/// The session.
pub const SESSION: HostCookie = HostCookie("__Host-aloftly_session");
/// The step between the first factor and the second.
pub const SECOND_FACTOR: HostCookie = HostCookie("__Host-aloftly_second_factor");
/// That it is this browser that left for an identity provider.
pub const DEPARTURE: HostCookie = HostCookie("__Host-aloftly_departure");
/// The step between an identity provider's word for somebody new and their account.
pub const SIGN_UP: HostCookie = HostCookie("__Host-aloftly_sign_up");

impl HostCookie {
    /// What a request carries in it.
    #[must_use]
    pub fn of(self, jar: &CookieJar) -> Option<&str> {
        jar.get(self.0).map(Cookie::value).filter(|value| !value.is_empty())
    }

    /// The header that makes a browser keep it for so long.
    #[must_use]
    pub fn kept(self, value: &str, lifetime: chrono::TimeDelta) -> HeaderMap {
        self.set(value, lifetime.num_seconds())
    }

    /// The header that makes a browser forget it.
    #[must_use]
    pub fn forgotten(self) -> HeaderMap {
        self.set("", 0)
    }

    /// Makes the browser forget it along with what an answer sets already.
    pub fn forget_with(self, answer: &mut Response) {
        for (name, value) in &self.forgotten() {
            answer.headers_mut().append(name, value.clone());
        }
    }

    fn set(self, value: &str, seconds: i64) -> HeaderMap {
        let cookie = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax", self.0);
        // A token is made of characters that headers take.
        HeaderValue::from_str(&cookie).into_iter().map(|value| (header::SET_COOKIE, value)).collect()
    }
}
