//! A device with a browser.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use passkey_authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey_client::{Client, DefaultClientData, WebauthnError};
use passkey_crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use passkey_types::webauthn::{CredentialCreationOptions, CredentialRequestOptions};
use serde_json::{Value, json};
use url::Url;

/// A user who is there and does what the device asks for, and lets it keep the passkey that it has.
struct User;

#[async_trait::async_trait]
impl UserValidationMethod for User {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        hint: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        match hint {
            UiHint::InformExcludedCredentialFound(_) => Err(Ctap2Error::CredentialExcluded),
            _ => Ok(UserCheck { presence, verification }),
        }
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// A device with room for one passkey, and a browser that shows a page.
#[derive(Clone)]
pub struct Device {
    /// The page's address.
    pub page: Url,
    /// Whether new passkeys count how often they are used.
    pub counts: bool,
    /// What it has stored.
    pub passkey: Option<Passkey>,
}

impl Device {
    pub fn new(page: &str) -> Self {
        Self { page: page.parse().unwrap(), counts: false, passkey: None }
    }

    /// Makes a passkey, as `navigator.credentials.create` does.
    ///
    /// # Errors
    /// The client or the device refuses.
    pub fn create(&mut self, options: &Value) -> Result<Value, WebauthnError> {
        let options = json!({ "publicKey": options });
        let options: CredentialCreationOptions = serde_json::from_value(options).unwrap();
        let mut client = Client::new(self.authenticator());
        let created = now(client.register(&self.page, options, DefaultClientData))?;
        self.passkey = client.authenticator().store().clone();
        Ok(serde_json::to_value(created).unwrap())
    }

    /// Uses the passkey, as `navigator.credentials.get` does.
    pub fn get(&mut self, options: &Value) -> Value {
        let mut options = json!({ "publicKey": options });
        // An empty list means any passkey to browsers. This client would find nothing in it.
        if options["publicKey"]["allowCredentials"] == json!([]) {
            options["publicKey"].as_object_mut().unwrap().remove("allowCredentials");
        }
        let options: CredentialRequestOptions = serde_json::from_value(options).unwrap();
        let mut client = Client::new(self.authenticator());
        let used = now(client.authenticate(&self.page, options, DefaultClientData)).unwrap();
        self.passkey = client.authenticator().store().clone();
        serde_json::to_value(used).unwrap()
    }

    fn authenticator(&self) -> Authenticator<Option<Passkey>, User, RustCryptoBackend> {
        let aaguid = Aaguid::new_empty();
        let mut authenticator =
            Authenticator::new(aaguid, self.passkey.clone(), User, RustCryptoBackend);
        authenticator.set_make_credentials_with_signature_counter(self.counts);
        authenticator
    }
}

/// The result of a future that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}
