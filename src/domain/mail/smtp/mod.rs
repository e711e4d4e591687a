//! The connection to the mail server (SMTP, RFC 5321).

mod certificate;
mod failure;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::Message;
use lettre::message::{Mailbox, MultiPart, header};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::timeout;
use uuid::Uuid;

use crate::config::{self, Config, Hidden, MailTls};
use crate::crypto;
use crate::domain::mail::address::recipient;
use crate::domain::mail::hello::hello_name;
use crate::domain::mail::messages::Written;
use crate::error::Result;
use crate::files;
use crate::time::Timestamp;
use certificate::Trust;
pub use failure::Failure;
use failure::{Server, Stage};

/// Why a mail cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No mail server is configured.
    #[error("mail.host is not set: there is no server to send mail")]
    Off,
    /// A setting is wrong.
    #[error("mail.{key}: {message}")]
    Setting {
        /// The name of the setting.
        key: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A file that a setting names cannot be read.
    #[error("mail.{key}: cannot read {}: {source}", path.display())]
    File {
        /// The name of the setting.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// An error about a setting, with the place where it is set.
    #[error("{place}: {error}")]
    At {
        /// The file and the line, or the environment variable.
        place: String,
        /// The error.
        error: Box<MailError>,
    },
    /// The recipient is not a valid address.
    #[error("{0:?} is not an address that mail can be sent to")]
    Address(String),
    /// The mail cannot be encoded.
    #[error("cannot write the mail")]
    Message(#[from] lettre::error::Error),
    /// The mail server refused the mail, or cannot be reached.
    #[error(transparent)]
    Server(#[from] Failure),
    /// The system provides no thread or no random numbers.
    #[error("cannot start to send mail")]
    System(#[from] io::Error),
}

impl MailError {
    /// Adds the place where the setting is set.
    pub(crate) fn at(self, config: &Config) -> Self {
        let (Self::Setting { key, .. } | Self::File { key, .. }) = &self else { return self };
        match config.place(&format!("mail.{key}")) {
            Some(place) => Self::At { place: place.into(), error: Box::new(self) },
            None => self,
        }
    }

    /// Whether the same mail may be accepted later.
    pub(super) const fn is_passing(&self) -> bool {
        matches!(self, Self::Server(failure) if failure.is_passing)
    }

    /// Whether it is this address that no mail can be sent to.
    pub(super) const fn is_of_address(&self) -> bool {
        match self {
            Self::Address(_) => true,
            Self::Server(failure) => failure.is_of_address,
            _ => false,
        }
    }
}

/// The configured mail server, ready to send.
pub(crate) struct Route {
    server: Server,
    /// Which certificates are trusted; `None` without TLS.
    trust: Option<Trust>,
    credentials: Option<Credentials>,
    from: Mailbox,
    /// How long one mail may take, from the connection to the server's answer.
    timeout: Duration,
}

impl Route {
    /// Prepares the connection to the mail server `host`.
    pub(crate) fn new(config: &Config, host: &str) -> Result<Self, MailError> {
        let hello = hello_name(config);
        let config = &config.mail;
        let from = config.from.as_deref().unwrap_or_default();
        let from = from.parse().map_err(|_| MailError::Setting {
            key: "from",
            message: format!("{from:?} is not an address such as \"Nox <nox@example.org>\""),
        })?;
        let credentials = match &config.user {
            Some(user) => Some(Credentials::new(user.clone(), password(config)?)),
            None => None,
        };
        let server = Server { host: host.into(), port: config.port(), tls: config.tls(), hello };
        let trust = match server.tls {
            MailTls::None => None,
            _ => Some(Trust::new(&server, config.ca_file.as_deref())?),
        };
        Ok(Self { server, trust, credentials, from, timeout: config.timeout.into() })
    }

    /// Sends a mail and returns the server's answer.
    pub(crate) async fn send(
        &self,
        to: &str,
        written: &Written,
        now: Timestamp,
    ) -> Result<String, MailError> {
        let message = self.message(to, written)?;
        let sending = timeout(self.timeout, self.deliver(&message, now)).await;
        Ok(sending.unwrap_or_else(|_| Err(self.server.slow(self.timeout)))?)
    }

    fn message(&self, to: &str, written: &Written) -> Result<Message, MailError> {
        let to = recipient(to).ok_or_else(|| MailError::Address(to.into()))?;
        let id = Uuid::from_bytes(crypto::random().map_err(io::Error::other)?);
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.into())
            .subject(written.subject.clone())
            .message_id(Some(format!("<{id}@{}>", self.server.hello)))
            // Automatic replies, such as vacation notices, must not be sent to it (RFC 3834, 5).
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(
                written.text.clone(),
                written.html.clone(),
            ))?;
        Ok(message)
    }

    async fn deliver(&self, message: &Message, now: Timestamp) -> Result<String, Failure> {
        let explain = |stage| move |error: SmtpError| self.server.explain(stage, &error);
        let mut connection = self.connect(now).await?;
        if let Some(credentials) = &self.credentials {
            let login = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            login.map_err(explain(Stage::Login))?;
        }
        let sent = connection.send(message.envelope(), &message.formatted()).await;
        let response = sent.map_err(explain(Stage::Mail))?;
        connection.abort().await;
        let text = response.message().collect::<Vec<_>>().join(" ");
        Ok(format!("{} {text}", response.code()))
    }

    /// Connects, as far as the mail server is one that is trusted.
    async fn connect(&self, now: Timestamp) -> Result<AsyncSmtpConnection, Failure> {
        let explain = |error: SmtpError| self.server.explain(Stage::Connection, &error);
        let Some(trust) = &self.trust else {
            return self.server.open(None).await.map_err(explain);
        };
        match self.server.open(Some(&trust.authorities)).await {
            Err(error) if certificate::is_of_no_authority(&error) => {
                // Nothing secret is sent before the certificate is known to be a named one.
                let mut connection =
                    self.server.open(Some(&trust.nothing_yet)).await.map_err(explain)?;
                let presented = connection.peer_certificate().map_err(explain)?;
                match trust.check_named(&presented, now) {
                    Ok(()) => Ok(connection),
                    Err(fault) => {
                        connection.abort().await;
                        Err(self.server.refuse_certificate(&fault))
                    }
                }
            }
            opened => opened.map_err(explain),
        }
    }
}

fn password(config: &config::Mail) -> Result<String, MailError> {
    let Some(file) = &config.password_file else {
        return Ok(config.password.as_ref().map(Hidden::expose).unwrap_or_default().to_owned());
    };
    let key = "password_file";
    let opened = File::open(file).map_err(|error| files::explain(file, error));
    let line = opened.map(BufReader::new).and_then(files::first_line);
    line.map(|line| line.to_string()).map_err(|source| unreadable(key, file, source))
}

fn unreadable(key: &'static str, path: &Path, source: io::Error) -> MailError {
    MailError::File { key, path: path.to_owned(), source }
}

/// The header `Auto-Submitted: auto-generated`, which lettre does not have.
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".into())
    }
}
