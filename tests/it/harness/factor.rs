//! Second factors by API.

use serde_json::{Value, json};

use super::{Answer, Client, Instance, Person, Server, oathtool};

pub const LOGIN: &str = "/api/auth/login";

impl Person {
    /// Whose token this is.
    pub fn of(client: &Client, token: String) -> Self {
        Self { client: client.clone(), token }
    }

    /// `ada`, logged in by this code.
    pub fn log_in_by(server: &Server, code: &str) -> Self {
        let client = server.client();
        Self::of(&client, client.ada_by(code).token())
    }

    /// Draws a secret, which waits for its first code.
    pub fn set_up_app(&self) -> String {
        self.post("/api/auth/totp/setup", &json!({})).data()["secret"].as_str().unwrap().into()
    }

    /// Switches an authenticator app on by the code of now. Returns its secret and the recovery
    /// codes.
    pub fn enable_app(&self) -> (String, Vec<String>) {
        let secret = self.set_up_app();
        let enabled =
            self.post("/api/auth/totp/enable", &json!({ "token": oathtool(&secret, 0) })).data();
        (secret, texts(&enabled["backup_codes"]))
    }

    /// An instance with these settings, served, and `ada` with an app, its secret and its recovery
    /// codes.
    pub fn with_codes(settings: &str) -> (Instance, Server, Self, (String, Vec<String>)) {
        let (instance, server, ada) = Self::at_home(settings);
        let factor = ada.enable_app();
        (instance, server, ada, factor)
    }

    /// How many recovery codes are left.
    pub fn codes_left(&self) -> u64 {
        self.get("/api/users/@me").data()["methods"]["recovery_codes"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    }
}

/// The texts of a list.
pub fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().into()).collect()
}

impl Client {
    /// `ada`, with the right password and this code.
    pub fn ada_by(&self, code: &str) -> Answer {
        self.log_in_with_code("ada", "hunter22", code)
    }
}

impl Answer {
    /// Checks that a login was refused for its code.
    #[track_caller]
    pub fn refused_code(&self) {
        let message = self.failure(5, 400, LOGIN);
        assert_eq!(
            message,
            "Invalid field: factor_code, is wrong, has expired or was used already."
        );
    }
}
