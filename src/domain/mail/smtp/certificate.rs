//! Which certificates of a mail server are trusted: those that a public authority or one in
//! `mail.ca_file` signed, for the server's name and within their dates (checked by rustls), and a
//! certificate that `mail.ca_file` itself holds, byte for byte. The latter is for self-signed ones:
//! those that openssl makes by default are marked as authorities, which rustls refuses as a
//! server's own.

use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{Certificate as Root, TlsParameters};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, Error as TlsError};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::time::Time;

use super::failure::{Server, Stage, tls_error};
use super::{MailError, unreadable};
use crate::error::Result;
use crate::files;
use crate::time::Timestamp;

/// What is trusted.
pub(super) struct Trust {
    /// The authorities.
    pub authorities: TlsParameters,
    /// For a connection whose certificate is compared with the named ones before anything secret
    /// is sent. That it is for the server's name, and that the server has its key, is checked all
    /// the same.
    pub nothing_yet: TlsParameters,
    /// The certificates in `mail.ca_file`.
    named: Vec<CertificateDer<'static>>,
}

impl Trust {
    pub fn new(server: &Server, ca_file: Option<&Path>) -> Result<Self, MailError> {
        let mut named = Vec::new();
        let mut authorities = TlsParameters::builder(server.host.clone());
        if let Some(ca_file) = ca_file {
            let no_certificate = || MailError::Setting {
                key: "ca_file",
                message: "the file contains no certificate in PEM".into(),
            };
            let pem = files::read_text(ca_file);
            let pem = pem.map_err(|source| unreadable("ca_file", ca_file, source))?;
            let found = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>();
            named = found.map_err(|_| no_certificate())?;
            if named.is_empty() {
                return Err(no_certificate());
            }
            let roots = Root::from_pem(pem.as_bytes()).map_err(|_| no_certificate())?;
            authorities = authorities.add_root_certificate(roots);
        }
        let nothing_yet =
            TlsParameters::builder(server.host.clone()).dangerous_accept_invalid_certs(true);
        let failed = |error| server.explain(Stage::Connection, &error);
        Ok(Self {
            authorities: authorities.build().map_err(failed)?,
            nothing_yet: nothing_yet.build().map_err(failed)?,
            named,
        })
    }

    /// Checks that a certificate is one of those that `mail.ca_file` holds, and within its dates.
    /// The error says what is wrong with it, in words that follow "the certificate of the server".
    pub fn check_named(&self, presented: &[u8], now: Timestamp) -> Result<(), String> {
        let unreadable = |error| format!("cannot be read: {error}");
        let certificate = Certificate::from_der(presented).map_err(unreadable)?;
        if !self.named.iter().any(|named| named.as_ref() == presented) {
            let is_missing = if self.named.is_empty() { "" } else { "which mail.ca_file lacks; " };
            return Err(format!(
                "is {}, and {}; {is_missing}if it is the right one, set mail.ca_file to a PEM \
                 file that holds it, or the certificate of the authority that signed it",
                signer(&certificate),
                names(&certificate),
            ));
        }
        let validity = certificate.tbs_certificate().validity();
        let at = |time: Time| SystemTime::from(time.to_date_time());
        let now = UNIX_EPOCH + Duration::from_millis(now.millis().unsigned_abs());
        if now < at(validity.not_before) {
            return Err(format!("is valid from {} on: check both clocks", validity.not_before));
        }
        if now > at(validity.not_after) {
            return Err(format!(
                "has expired, on {}: renew it, and put the new one into mail.ca_file",
                validity.not_after
            ));
        }
        Ok(())
    }
}

/// Whether a connection failed because no authority signed the certificate, or because it is marked
/// as an authority itself.
pub(super) fn is_of_no_authority(error: &SmtpError) -> bool {
    let Some(TlsError::InvalidCertificate(fault)) = tls_error(error) else { return false };
    matches!(
        fault,
        CertificateError::UnknownIssuer
            | CertificateError::BadSignature
            | CertificateError::Other(_)
    )
}

fn signer(certificate: &Certificate) -> String {
    let fields = certificate.tbs_certificate();
    if fields.issuer() == fields.subject() {
        format!("self-signed (\"{}\")", fields.subject())
    } else {
        format!("signed by \"{}\", which is no public authority", fields.issuer())
    }
}

fn names(certificate: &Certificate) -> String {
    let found = certificate.tbs_certificate().get_extension::<SubjectAltName>();
    let names: Vec<String> = match found {
        Ok(Some((_, SubjectAltName(names)))) => names.iter().filter_map(name).collect(),
        _ => Vec::new(),
    };
    if names.is_empty() { "for no host name".into() } else { format!("for {}", names.join(", ")) }
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
                .ok()
                .map(|ip| ip.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MailTls;
    use lettre::transport::smtp::extension::ClientId;

    /// As openssl makes one by default: self-signed, and marked as an authority; for localhost and
    /// 127.0.0.1, from 2026-11-27T11:23:46Z on, for a year.
    const PEM: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBmTCCAT+gAwIBAgIUR/AJCpdNK18H/5MjhB39QFb5CXAwCgYIKoZIzj0EAwIw\n\
FDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MTEyNzExMjM0NloXDTI3MTEyNzEx\n\
MjM0NlowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0D\n\
AQcDQgAEK1Xr2kYOS0nZAyD9SaVrDacBc6cOqmIHPazOcRu47/OuUBFFL4M6v1vN\n\
zHPZM0/pPGwWQrk+ZuU0hN7bDXqIo6NvMG0wHQYDVR0OBBYEFJW0e9R0G8Z/mwOw\n\
egCG1BL89a4pMB8GA1UdIwQYMBaAFJW0e9R0G8Z/mwOwegCG1BL89a4pMA8GA1Ud\n\
EwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49\n\
BAMCA0gAMEUCIQDrWJK47110wp4OhpYYBR3sYOnfm0aGYbx0SO8RXl3piwIgO6ON\n\
8sd+eBt3DE92GNUT13ni4/Gycgrj/M12Yffqjtk=\n\
-----END CERTIFICATE-----";

    #[test]
    fn only_the_very_certificate_in_ca_file_is_trusted_and_only_within_its_dates() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mail.pem");
        std::fs::write(&file, PEM).unwrap();
        let server = Server {
            host: "localhost".into(),
            port: 465,
            tls: MailTls::Required,
            hello: ClientId::default(),
        };
        let trust = Trust::new(&server, Some(&file)).unwrap();
        let mut presented = CertificateDer::from_pem_slice(PEM.as_bytes()).unwrap().to_vec();
        let check = |presented: &[u8], at: &str| trust.check_named(presented, at.parse().unwrap());
        assert_eq!(check(&presented, "2026-11-27T11:23:46Z"), Ok(()));
        assert_eq!(check(&presented, "2027-11-27T11:23:46Z"), Ok(()));
        for (at, words) in
            [("2026-11-27T11:23:45Z", "is valid from"), ("2027-11-27T11:23:47Z", "has expired")]
        {
            let fault = check(&presented, at).unwrap_err();
            assert!(fault.starts_with(words), "{fault}");
        }
        // One bit of the signature makes it another one.
        *presented.last_mut().unwrap() ^= 1;
        let fault = check(&presented, "2027-01-01T00:00:00Z").unwrap_err();
        let words =
            "is self-signed (\"CN=localhost\"), and for localhost, 127.0.0.1; which mail.ca_file";
        assert!(fault.starts_with(words) && fault.contains("set mail.ca_file"), "{fault}");
    }
}
