//! Forms as browsers send them: fields, and at most one file.

use std::collections::HashMap;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::domain::accounts::password_check::{CURRENT_PASSWORD, CurrentPassword};
use crate::domain::factors::Code;
use crate::domain::password::Password;
use crate::error::{Error, Result};
use crate::http::bridge::TransferPermit;
use crate::http::envelope::Failure;
use crate::http::extract::caller;
use crate::http::upload::ReceivedForm;
use crate::http::{body, upload};

/// The limit of a form, in bytes: ten links of full length and a long text, with every character
/// escaped, take less.
const MAX_FORM_BYTES: usize = 256 * 1024;
const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Form(HashMap<String, String>);

impl Form {
    /// A form of one field.
    pub(super) fn with(name: &str, value: String) -> Self {
        Self(HashMap::from([(name.into(), value)]))
    }

    /// A field; `None` where the form has none of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A field; empty where the form has none of that name.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Notes a file that came with the form, by a hash, so that another file makes another form.
    pub(super) fn note_file(&mut self, content: &[u8]) {
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(content));
        self.0.insert("file".into(), hash);
    }

    /// All that was sent, with the path that it was sent to, in a form of its own for each content.
    pub(super) fn content(&self, path: &str) -> Zeroizing<String> {
        let mut fields: Vec<_> = self.0.iter().collect();
        fields.sort_unstable();
        let mut content = form_urlencoded::Serializer::new(String::new());
        content.append_pair("path", path).extend_pairs(fields);
        Zeroizing::new(content.finish())
    }

    /// Whether a password or a code was typed, or a passkey was used.
    pub(super) fn has_proof(&self) -> bool {
        [CURRENT_PASSWORD, "code", "mailed_code", "credential"]
            .iter()
            .any(|name| !self.text(name).is_empty())
    }

    /// A password, exactly as it was typed.
    pub(super) fn password(&self, name: &str) -> Password {
        self.text(name).to_owned().into()
    }

    /// The current password.
    pub(super) fn current_password(&self) -> CurrentPassword {
        CurrentPassword::new(self.password(CURRENT_PASSWORD))
    }

    /// A code of the second factor. Fails with [`Error::InvalidCode`] where what was typed cannot
    /// be a code.
    pub(super) fn code(&self, name: &'static str) -> Result<Option<Code>> {
        Code::parse_optional(name, self.text(name).to_owned())
    }

    /// A code of the second factor that must be there.
    pub(super) fn required_code(&self, name: &'static str) -> Result<Code> {
        self.code(name)?.ok_or(Error::InvalidCode { field: name })
    }
}

impl FromRequest for Form {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let header =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        if header.split(';').next().is_none_or(|kind| !kind.trim().eq_ignore_ascii_case(MEDIA_TYPE))
        {
            return Box::pin(async {
                Err(Error::UnsupportedMediaType { expected: MEDIA_TYPE }.into())
            });
        }
        let content = body::read(request, payload, MAX_FORM_BYTES);
        Box::pin(async { Ok(Self(form_urlencoded::parse(&content.await?).into_owned().collect())) })
    }
}

/// A form with a file, or the error that kept it from being read, which the page shows.
pub(in crate::http) struct FileForm(pub Result<FileContent>);

/// The content of a form with a file.
pub(in crate::http) struct FileContent {
    pub form: Form,
    pub file: Option<Vec<u8>>,
    /// Must be kept until the file is stored.
    pub permit: TransferPermit,
}

impl FromRequest for FileForm {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // Without a session there is no account for the file, and it is not read.
        let user = match caller(request) {
            Ok(caller) => caller.user.id,
            Err(error) => return Box::pin(async { Ok(Self(Err(error))) }),
        };
        let content = upload::read(request, payload, user, true);
        Box::pin(async {
            let content = content.await;
            Ok(Self(content.map(|ReceivedForm { form, permit }| FileContent {
                form: Form(form.texts),
                file: form.file,
                permit,
            })))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalization::trim;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blanks_in_a_code_do_not_count(
            blanks in "[ \\t\u{a0}]*",
            digits in "[0-9]{6}",
            at in 0..6_usize,
            other in ".*",
        ) {
            let typed = format!("{blanks}{}{blanks}{}\r\n", &digits[..at], &digits[at..]);
            let form = |text: &str| Form(HashMap::from([("code".into(), text.into())]));
            prop_assert!(form(&typed).code("code").is_ok_and(|code| code.is_some()), "{:?}", typed);
            let read = form(&other).code("code");
            prop_assert_eq!(matches!(read, Ok(None)), trim(&other).is_empty());
        }
    }
}
