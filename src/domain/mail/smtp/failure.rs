//! Why a mail server took no mail, in words that name the server and what to change.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error as TlsError};

use crate::config::MailTls;
use crate::time::Timestamp;

/// A failure to send a mail, in words.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    text: String,
    /// Whether the same mail may be accepted later.
    pub(super) is_passing: bool,
    /// Whether the server refuses the recipient.
    pub(super) is_of_address: bool,
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The connection, with its TLS and the greeting.
    Connection,
    /// The login to the server.
    Login,
    /// The transmission of the mail.
    Mail,
}

/// A mail server, and how it is spoken to.
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// The name in the greeting.
    pub hello: ClientId,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the mail server {}:{} (mail.tls = \"{}\")",
            self.host,
            self.port,
            self.tls.as_str()
        )
    }
}

impl Server {
    /// Connects and greets the server. With TLS parameters, nothing but the greeting is sent
    /// unencrypted.
    pub async fn open(
        &self,
        tls: Option<&TlsParameters>,
    ) -> Result<AsyncSmtpConnection, SmtpError> {
        let from_start = tls.filter(|_| self.tls == MailTls::Required);
        let address = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            address,
            None,
            &self.hello,
            from_start.cloned(),
            None,
        )
        .await?;
        if let (Some(tls), MailTls::Starttls) = (tls, self.tls) {
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        Ok(connection)
    }

    /// A failure that is not the server's answer.
    fn failure(&self, text: impl fmt::Display, is_passing: bool) -> Failure {
        let text = format!("{self} {text}").replace(char::is_control, " ");
        Failure { text, is_passing, is_of_address: false }
    }

    /// The server did not answer in time.
    pub fn slow(&self, timeout: Duration) -> Failure {
        let hint = match self.tls {
            MailTls::Required => "",
            _ => {
                "; one that speaks TLS from the start waits like this: then mail.tls = \
                 \"required\" is right"
            }
        };
        self.failure(format!("did not answer within {} seconds{hint}", timeout.as_secs()), true)
    }

    /// The server's certificate is not one that is trusted.
    pub fn refuse_certificate(&self, fault: &str) -> Failure {
        self.failure(format!("is not trusted: its certificate {fault}"), false)
    }

    /// Says what a failure means.
    pub fn explain(&self, stage: Stage, error: &SmtpError) -> Failure {
        if error.status().is_some() {
            return self.refusal(stage, error);
        }
        if let Some(error) = tls_error(error) {
            return self.tls_failure(error);
        }
        if error.is_client() {
            return self.client_failure(error);
        }
        let cause = innermost(error);
        let text = match io_error(error).map(io::Error::kind) {
            _ if error.is_response() => {
                format!(
                    "does not answer as a mail server ({cause}): check mail.host, mail.port and \
                     mail.tls"
                )
            }
            Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                format!("closed the connection ({cause}): check mail.port and mail.tls")
            }
            _ => format!("cannot be reached: {cause}"),
        };
        self.failure(text, true)
    }

    /// The server answered, and refused.
    fn refusal(&self, stage: Stage, error: &SmtpError) -> Failure {
        let code = error.status().map(u16::from).unwrap_or_default();
        let answer = error.source().map(ToString::to_string).unwrap_or_default();
        let is_passing = error.is_transient();
        let text = match stage {
            Stage::Connection => format!(
                "refused the connection: {code} {answer}; it was greeted as {}, which \
                 mail.hello_name changes",
                self.hello
            ),
            Stage::Login if is_passing => format!("refused the login for now: {code} {answer}"),
            Stage::Login => {
                format!("refused the login: {code} {answer}; check mail.user and mail.password")
            }
            Stage::Mail => format!("did not accept the mail: {code} {answer}"),
        };
        let is_of_address = stage == Stage::Mail && !is_passing && is_of_recipient(code, &answer);
        Failure { is_of_address, ..self.failure(text, is_passing) }
    }

    fn tls_failure(&self, error: &TlsError) -> Failure {
        let text = match error {
            TlsError::InvalidCertificate(fault) => {
                return self.refuse_certificate(&certificate_fault(fault, &self.host));
            }
            TlsError::InvalidMessage(_) if self.tls == MailTls::Required => {
                "does not speak TLS from the start, as mail.tls = \"required\" expects: set \
                 mail.tls = \"starttls\", or the port for TLS, usually mail.port = 465"
                    .into()
            }
            error => format!("failed in TLS: {error}"),
        };
        self.failure(text, false)
    }

    fn client_failure(&self, error: &SmtpError) -> Failure {
        let cause = innermost(error);
        if cause.contains("STARTTLS") {
            let text = "offers no STARTTLS, as mail.tls = \"starttls\" expects, so no mail is \
                sent: set mail.tls = \"required\" and its port, usually 465; \"none\" only if the \
                server is on this machine";
            return self.failure(text, false);
        }
        if cause.contains("authentication mechanism") {
            let text = "offers no login that Nox can use (PLAIN or LOGIN): leave mail.user empty \
                if it needs none; many servers offer it only with TLS, see mail.tls";
            return self.failure(text, false);
        }
        self.failure(format!("cannot take the mail: {cause}"), false)
    }
}

/// Whether a server refuses the recipient, and not the sender, the content or this machine. Most
/// servers say so by an enhanced status code (RFC 3463, 3: X.1 is the address, of which X.1.7 and
/// X.1.8 are the sender's, and X.2 the mailbox). Of the others, the reply code alone says that a
/// mailbox does not exist, moved, is full or has no valid name (RFC 5321, 4.2.3).
fn is_of_recipient(code: u16, answer: &str) -> bool {
    let enhanced = answer.split_whitespace().next().and_then(|first| first.strip_prefix("5."));
    match enhanced.and_then(|rest| rest.split_once('.')) {
        Some(("1", detail)) => !matches!(detail, "7" | "8"),
        Some(("2", _)) => true,
        Some((subject, _)) if subject.parse::<u16>().is_ok() => false,
        _ => matches!(code, 550 | 551 | 552 | 553 | 556),
    }
}

/// What is wrong with a certificate, in words that follow "its certificate".
fn certificate_fault(fault: &CertificateError, host: &str) -> String {
    match fault {
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            format!(
                "is for no host name, since it has no subjectAltName: make one for {host}, with \
                 openssl by -addext subjectAltName=DNS:{host}"
            )
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().map(|name| plain_name(name)).collect::<Vec<_>>();
            format!("is for {} and not for {host}: set mail.host to its name", names.join(", "))
        }
        CertificateError::ExpiredContext { not_after, .. } => {
            format!(
                "has expired, on {}: renew it on the mail server, or check the clock here",
                instant(*not_after)
            )
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("is valid from {} on: check both clocks", instant(*not_before))
        }
        fault => format!("is refused: {fault}"),
    }
}

fn instant(at: UnixTime) -> Timestamp {
    Timestamp::from_millis(0).after(Duration::from_secs(at.as_secs()))
}

/// A name as rustls shows it, `DnsName("a.example")` or `IpAddress(127.0.0.1)`, without its type.
fn plain_name(name: &str) -> &str {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inner.trim_matches('"')
}

/// The cause of a failure that lies deepest.
fn innermost(error: &SmtpError) -> String {
    let mut deepest: &dyn StdError = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// The failure of the operating system, where it was one.
fn io_error(error: &SmtpError) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        cause = error.source();
    }
    None
}

/// The failure of TLS, where it was one.
pub(super) fn tls_error(error: &SmtpError) -> Option<&TlsError> {
    io_error(error)?.get_ref()?.downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::is_of_recipient;

    #[test]
    fn only_a_refusal_of_the_recipient_is_one_of_the_address() {
        for (code, answer) in [
            (550, "5.1.1 no such user"),
            (550, "5.1.10 null MX"),
            (551, "5.1.6 moved"),
            (552, "5.2.2 mailbox full"),
            (550, "5.2.1 disabled"),
            (550, "no such user"),
            (553, "5 users have this name"),
        ] {
            assert!(is_of_recipient(code, answer), "{code} {answer}");
        }
        for (code, answer) in [
            (553, "5.1.8 sender refused"),
            (550, "5.1.7 bad sender"),
            (550, "5.7.1 relaying denied"),
            (550, "5.7.26 unauthenticated sender"),
            (552, "5.3.4 too big"),
            (554, "5.7.1 spam"),
            (530, "authentication required"),
            (554, "no"),
        ] {
            assert!(!is_of_recipient(code, answer), "{code} {answer}");
        }
    }
}
