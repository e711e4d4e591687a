//! The actors of the black-box tests.
//!
//! Nearly every test starts with a [`TestApp`]: a folder with a `nox.toml`, the real binary that
//! serves from it on a port of its own, and the account `ada`, whose password is [`PASSWORD`].
//! What a test needs beyond that, it asks of the builder:
//!
//! ```text
//! TestApp::new()                                ada has an account and no session
//! TestApp::logged_in()                          ada has a session: app.ada.get(ME)
//! TestApp::builder().user("bob").serve()        bob has an account: app.log_in("bob")
//! TestApp::with("[totp]\nskew = 0").totp()      ada has an authenticator app: app.ada.code(0)
//! TestApp::builder().mail().email_factor()      ada gets codes by mail: app.mails().next_mail()
//! ```
//!
//! | actor | who it is |
//! | --- | --- |
//! | [`Instance`] | the operator: runs commands of `nox` in the folder and looks into its files |
//! | [`Server`] | the process that serves: its address, its log, its signals |
//! | [`Client`] | a program without a session |
//! | [`User`] | a user with a session, and with the secrets of their second factor |
//! | [`Browser`] | a browser without scripts: keeps cookies, fills in forms |
//! | [`Wire`] | a connection by hand, for requests that no library would send |
//! | [`Authenticator`] | a device with a passkey, which may lie |
//! | [`MailServer`] | the mail server that the instance sends by, and what arrived there |
//! | [`Service`] | a service with a user of its own, and root beside it |
//! | [`SmallDisk`] | a server on a disk of its own, small enough to fill |
//!
//! What a client gets back is an [`Answer`]. A refusal is checked whole, by
//! [`Answer::refused`] with one of the constants in `refusal.rs`: these repeat the numbers of the
//! contract, and are never imported from the product.

mod answer;
mod app;
mod authenticator;
mod browser;
mod client;
mod disk;
mod independent;
mod instance;
mod mail_server;
mod pictures;
mod refusal;
mod server;
mod service;
mod time;
mod trail;
mod user;
mod wire;

/// The dump of a server in Node.js whose only user is the administrator `root`, with the password
/// `correct horse`.
pub const NODE: &str = include_str!("node.sql");

pub use answer::{Answer, texts};
pub use app::{Builder, TestApp};
pub use authenticator::{Authenticator, PASSKEYS, SINGLE, attestation};
pub use browser::Browser;
pub use client::Client;
pub use disk::SmallDisk;
pub use independent::{base32, oathtool, sha256sum};
pub use instance::{Instance, Ran};
pub use mail_server::{MailServer, Mode};
pub use pictures::{GIF, JPEG, PNG, WEBP};
pub use refusal::*;
pub use server::{Ended, Server};
pub use service::Service;
pub use time::{at_once, percentile, wait_until, watch, within_a_step};
pub use trail::Trail;
pub use user::User;
pub use wire::Wire;

/// The password of every user, where a test says nothing else.
pub const PASSWORD: &str = "hunter22";

/// The header of a JSON body.
pub const JSON: (&str, &str) = ("Content-Type", "application/json");

pub const LOGIN: &str = "/api/auth/login";
pub const ME: &str = "/api/users/@me";
