//! The connection to the mail server (SMTP, RFC 5321).

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::{Mailbox, MultiPart, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;
use uuid::Uuid;

use crate::config::{self, Config, Hidden, MailTls};
use crate::crypto;
use crate::domain::mail::Mail;
use crate::domain::mail::messages::Written;
use crate::error::Result;
use crate::files;

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
    #[error("the mail server did not accept the mail")]
    Smtp(#[from] lettre::transport::smtp::Error),
    /// The mail server did not answer in time.
    #[error("the mail server did not answer within {} seconds", .0.as_secs())]
    Slow(Duration),
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
}

/// The configured mail server, ready to send.
#[derive(Clone)]
pub(crate) struct Route {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The host name in the message ids.
    host: String,
    /// How long one mail may take, from the connection to the server's answer.
    timeout: Duration,
}

impl Route {
    /// Prepares the connection to `server`. `host` is the name in this server's greeting.
    pub(crate) fn new(config: &config::Mail, server: &str, host: &str) -> Result<Self, MailError> {
        let from = config.from.as_deref().unwrap_or_default();
        let from = from.parse().map_err(|_| MailError::Setting {
            key: "from",
            message: format!("{from:?} is not an address such as \"Nox <nox@example.org>\""),
        })?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
            .port(config.port())
            .tls(tls(config, server)?)
            .hello_name(ClientId::Domain(host.into()))
            .timeout(Some(config.timeout.into()));
        if let Some(user) = &config.user {
            transport = transport.credentials(Credentials::new(user.clone(), password(config)?));
        }
        Ok(Self {
            transport: transport.build(),
            from,
            host: host.into(),
            timeout: config.timeout.into(),
        })
    }

    pub(crate) async fn send(&self, mail: Mail) -> Result<String, MailError> {
        let Written { subject, text, html } = mail.written;
        let to: Mailbox = mail.to.parse().map_err(|_| MailError::Address(mail.to.clone()))?;
        let id = Uuid::from_bytes(crypto::random().map_err(io::Error::other)?);
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<{id}@{}>", self.host)))
            // Automatic replies, such as vacation notices, must not be sent to it (RFC 3834, 5).
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(text, html))?;
        let response = timeout(self.timeout, self.transport.send(message))
            .await
            .map_err(|_| MailError::Slow(self.timeout))??;
        Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" ")))
    }
}

fn tls(config: &config::Mail, server: &str) -> Result<Tls, MailError> {
    if config.tls == MailTls::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(server.into());
    if let Some(ca_file) = &config.ca_file {
        let pem = files::read_text(ca_file);
        let pem = pem.map_err(|source| unreadable("ca_file", ca_file, source))?;
        let no_certificate = || MailError::Setting {
            key: "ca_file",
            message: "the file contains no certificate in PEM".into(),
        };
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            return Err(no_certificate());
        }
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(|_| no_certificate())?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build()?;
    Ok(if config.tls == MailTls::Required {
        Tls::Wrapper(parameters)
    } else {
        Tls::Required(parameters)
    })
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
