//! What comes back from the server.

use serde_json::{Value, json};

use super::{INVALID_FIELD, LOGIN, Refusal};

/// The answer to a request.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {:?}", self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    /// The data of a success.
    #[track_caller]
    pub fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"].clone()
    }

    /// The token of a login that must have succeeded.
    #[track_caller]
    pub fn token(&self) -> String {
        self.data()["token"].as_str().unwrap().into()
    }

    /// `name=value` of the cookie that is set.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").unwrap().split(';').next().unwrap().into()
    }

    /// Checks that this is a redirect to the path, as it follows a form.
    #[track_caller]
    pub fn leads(&self, to: &str) {
        assert_eq!((self.status, self.header("location")), (303, Some(to)), "{}", self.text);
    }

    /// Checks that this is the refusal, in a whole envelope for `path`, and returns its message.
    #[track_caller]
    pub fn refused(&self, refusal: Refusal, path: &str) -> String {
        let envelope = self.json();
        let code = &envelope["error"]["code"];
        let expected = (refusal.status, &json!(refusal.code));
        assert_eq!((self.status, code), expected, "{}", self.text);
        assert_eq!(envelope["error"]["status"], refusal.status, "{}", self.text);
        assert_eq!(envelope["request"], path, "{}", self.text);
        assert!(envelope["time"].as_i64().unwrap() > 1_700_000_000_000, "{}", self.text);
        assert!(envelope.as_object().unwrap().contains_key("data"), "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        envelope["error"]["message"].as_str().unwrap().into()
    }

    /// Checks that this is the refusal of a field, in a whole envelope for `path`, and returns the
    /// clause that says why.
    #[track_caller]
    pub fn refused_field(&self, field: &str, path: &str) -> String {
        let message = self.refused(INVALID_FIELD, path);
        let clause = message.strip_prefix(&format!("Invalid field: {field}, "));
        clause.unwrap_or_else(|| panic!("not {field}: {message}")).into()
    }

    /// Checks that a login was refused for its code.
    #[track_caller]
    pub fn refused_code(&self) {
        let clause = self.refused_field("factor_code", LOGIN);
        assert_eq!(clause, "is wrong, has expired or was used already.");
    }

    /// Checks that this is the refusal of this name and status, as the dialect of names writes it.
    #[track_caller]
    pub fn refused_as(&self, name: &str, status: u16) {
        let error = &self.json()["error"];
        assert_eq!((self.status, &error["code"]), (status, &name.into()), "{}", self.text);
        assert_eq!(error["status"], status, "{}", self.text);
    }
}

/// The texts of a list.
pub fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().into()).collect()
}
