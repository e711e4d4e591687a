//! The sections of the configuration: each key with its type and its default. `nox.toml` describes
//! the keys; a test checks that it has the same keys and defaults.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::demand::Demanded;
use super::listen::Listen;
use super::log::{LogFormat, LogLevel};
use super::mail::{Hidden, MailHost, MailTls};
use super::reload::Changes;
use super::rp_id::RpId;
use super::theme::{Accent, FooterLink, WebUrl};
use super::timeout::Timeout;
use super::values::{
    CookieDomain, DefaultTag, HelloName, Issuer, Network, Origin, Registration, ServerAddress,
};
use super::within::Within;
use super::{demand, interval, optional, values};
use crate::time::Span;
use crate::words::Language;

macro_rules! sections {
    ($(
        $(#[$section_meta:meta])*
        $vis:vis $name:ident { $($(#[$meta:meta])* $key:ident: $type:ty = $default:expr,)* }
    )*) => {$(
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        $(#[$section_meta])*
        $vis struct $name { $($(#[$meta])* $vis $key: $type,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        impl $name {
            /// The names of its keys.
            pub(super) const KEYS: &[&str] = &[$(stringify!($key)),*];

            /// Takes over what a running server may change, see [`Changes`].
            pub(super) fn reload(&mut self, new: Self, changes: &mut Changes<'_>) {
                $(changes.decide(stringify!($key), &mut self.$key, new.$key);)*
            }
        }
    )*};
}

sections! {
    /// `[server]`
    #[expect(missing_docs, reason = "nox.toml describes every key")]
    pub Server {
        address: ServerAddress = ServerAddress::default(),
        listen: Listen = Listen::default(),
        public_url: Origin = Origin::default(),
        trusted_proxies: Vec<Network> = Network::loopback(),
        allowed_origins: Vec<Origin> = Vec::new(),
        numeric_origins: Vec<Origin> = Vec::new(),
        hsts: bool = true,
    }
    pub(crate) Storage {
        #[serde(deserialize_with = "values::path")]
        database: PathBuf = "nox.db".into(),
    }
    pub(crate) Secrets {
        #[serde(deserialize_with = "values::path")]
        key_file: PathBuf = "nox.key".into(),
    }
    pub(crate) Session {
        lifetime: Span = Span::from_days(30),
    }
    pub(crate) Cookie {
        domain: Option<CookieDomain> = None,
    }
    pub(crate) Password {
        memory_kib: Within<1024, 4_194_304> = Within::new(19_456),
        iterations: Within<1, 64> = Within::new(2),
        parallelism: Within<1, 64> = Within::new(1),
        #[serde(with = "optional::number")]
        hashers: Option<Within<1, 256>> = None,
        min_length: Within<6, 128> = Within::new(8),
    }
    pub(crate) Login {
        hide_unknown_users: bool = false,
        require_second_factor: Demanded = Demanded::Nobody,
        #[serde(deserialize_with = "demand::grace")]
        second_factor_grace: Span = Span::from_secs(0),
    }
    pub(crate) Totp {
        #[serde(with = "optional::text")]
        issuer: Option<Issuer> = None,
        skew: Within<0, 2> = Within::new(1),
    }
    pub(crate) Passkeys {
        enabled: bool = true,
        #[serde(with = "optional::text")]
        rp_id: Option<RpId> = None,
    }
    pub(crate) Users {
        registration: Registration = Registration::Closed,
        require_email: bool = false,
        default_tags: Vec<DefaultTag> = DefaultTag::defaults(),
    }
    pub(crate) Instance {
        title: String = "Nox".into(),
        description: String = String::new(),
        #[serde(with = "optional::text")]
        icon: Option<String> = None,
        #[serde(with = "optional::text")]
        contact: Option<String> = None,
        #[serde(with = "optional::text")]
        maintenance: Option<String> = None,
        language: Language = Language::English,
        #[serde(with = "optional::text")]
        logo: Option<PathBuf> = None,
        accent: Accent = Accent::default(),
        links: Vec<FooterLink> = Vec::new(),
        #[serde(deserialize_with = "optional::text::deserialize")]
        terms: Option<WebUrl> = None,
        #[serde(deserialize_with = "optional::text::deserialize")]
        privacy: Option<WebUrl> = None,
        #[serde(deserialize_with = "optional::text::deserialize")]
        rules: Option<WebUrl> = None,
    }
    pub(crate) Mail {
        #[serde(with = "optional::text")]
        host: Option<MailHost> = None,
        #[serde(with = "optional::number")]
        port: Option<Within<1, 65_535>> = None,
        #[serde(with = "optional::text")]
        tls: Option<MailTls> = None,

        #[serde(with = "optional::text")]
        ca_file: Option<PathBuf> = None,
        #[serde(with = "optional::text")]
        hello_name: Option<HelloName> = None,
        #[serde(with = "optional::text")]
        user: Option<String> = None,
        #[serde(
            deserialize_with = "Hidden::deserialize_optional",
            serialize_with = "optional::text::serialize"
        )]
        password: Option<Hidden> = None,
        #[serde(with = "optional::text")]
        password_file: Option<PathBuf> = None,
        #[serde(with = "optional::text")]
        from: Option<String> = None,
        timeout: Timeout = Timeout::from_secs(30),
    }
    pub(crate) Backup {
        #[serde(deserialize_with = "interval::deserialize")]
        every: Option<Span> = None,
        keep: Within<1, 1000> = Within::new(7),
        #[serde(deserialize_with = "values::path")]
        folder: PathBuf = "backups".into(),
        with_key: bool = false,
    }
    pub(crate) Metrics {
        #[serde(with = "optional::text")]
        listen: Option<Listen> = None,
    }
    pub(crate) Log {
        level: LogLevel = LogLevel::Info,
        format: LogFormat = LogFormat::Auto,
    }
    pub(crate) Limits {
        login_queue: Within<1, 100_000> = Within::new(512),
        shutdown_grace: Span = Span::from_secs(10),
        head_timeout: Timeout = Timeout::from_secs(15),
        body_timeout: Timeout = Timeout::from_secs(30),
        upload_timeout: Timeout = Timeout::from_secs(90),
        stall_timeout: Timeout = Timeout::from_secs(15),
        write_timeout: Timeout = Timeout::from_secs(30),
        idle_timeout: Timeout = Timeout::from_secs(15),
        picture_bytes: Within<1024, 16_777_216> = Within::new(4_194_304),
        audit_age: Span = Span::from_days(365),
    }
}

impl Server {
    /// Whether pages of this origin may send requests with credentials.
    pub(crate) fn allows(&self, origin: &Origin) -> bool {
        self.allowed_origins.contains(origin) || self.numeric_origins.contains(origin)
    }

    /// Whether an origin other than that of `public_url` may send requests with credentials.
    pub(crate) fn allows_any_origin(&self) -> bool {
        !self.allowed_origins.is_empty() || !self.numeric_origins.is_empty()
    }
}
