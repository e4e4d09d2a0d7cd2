//! HTTP: what surrounds every route.

pub mod client;
pub mod connections;
pub mod cookies;
pub mod etag;
pub mod headers;
pub mod health;
pub mod json;
pub mod layers;
pub mod limits;
pub mod metered;
pub mod observe;
pub mod origin;
pub mod path;
pub mod problem;
pub mod query;
pub mod rate_limit;
pub mod request_id;
pub mod see;
pub mod session;
pub mod size;
pub mod standing;
pub mod web;
