//! The way to the mail server (SMTP, RFC 5321).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::{Mailbox, MultiPart, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;
use uuid::Uuid;

use crate::config::{self, Hidden, MailTls};
use crate::crypto;
use crate::domain::mail::Mail;
use crate::domain::mail::messages::Written;
use crate::error::Result;

/// Why no mail can be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// There is no mail server.
    #[error("mail.host is not set: there is no server to send mail")]
    Off,
    /// A setting is wrong.
    #[error("mail.{key}: {message}")]
    Setting {
        /// Which.
        key: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A file that a setting names cannot be read.
    #[error("mail.{key}: cannot read {}: {source}", path.display())]
    File {
        /// Which setting.
        key: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// It cannot be sent to this address.
    #[error("{0:?} is no address that mail can be sent to")]
    Address(String),
    /// The mail cannot be put together.
    #[error("cannot write the mail")]
    Message(#[from] lettre::error::Error),
    /// The mail server refused it, or cannot be reached.
    #[error("the mail server did not take it")]
    Smtp(#[from] lettre::transport::smtp::Error),
    /// The mail server takes too long.
    #[error("the mail server did not answer within {} seconds", .0.as_secs())]
    Slow(Duration),
    /// The system refuses what it takes to send.
    #[error("cannot start to send")]
    System(#[from] io::Error),
}

/// The way to the mail server.
#[derive(Clone)]
pub(crate) struct Route {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// For the ids of mails.
    host: String,
    /// How long one mail may take, from the first packet to the server's answer.
    timeout: Duration,
}

impl Route {
    /// Prepares mail to `server`, which is told that it comes from `host`.
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
            // RFC 3834, 5: nobody's holiday should answer.
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
        let pem = read("ca_file", ca_file)?;
        let none = || MailError::Setting {
            key: "ca_file",
            message: "there is no certificate in PEM in it".into(),
        };
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            return Err(none());
        }
        let wrong = |_| none();
        parameters =
            parameters.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(wrong)?);
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
    Ok(read("password_file", file)?.lines().next().unwrap_or_default().to_owned())
}

fn read(key: &'static str, path: &Path) -> Result<String, MailError> {
    fs::read_to_string(path).map_err(|source| MailError::File {
        key,
        path: path.to_owned(),
        source,
    })
}

/// `Auto-Submitted: auto-generated`
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
