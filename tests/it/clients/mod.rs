//! The programs that exist, each simulated from its row in the contract's table of clients, and as strict as the program
//! itself: a key that is missing or of another type is a failure. None of the types has a default for that reason.

#![expect(dead_code, reason = "of most fields only the type is told, and decoding tests it")]

mod browser;
mod front_2025;
mod front_2026;
mod relay;
mod rust;
mod unity_2026;
mod unity_january;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::common::{Answer, Client, Instance, Server, oathtool};

/// What players type.
const ADDRESS: &str = "nox.example";
const URL: &str = "https://nox.example";
const SETTINGS: &str = "[server]\naddress = 'nox.example'\npublic_url = 'https://nox.example'\n\
    allowed_origins = ['https://front.nox.example']\n";
/// The Ed25519 key of RFC 8410, 10.1.
const PUBLIC_KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

/// A server with `ada`, who has an authenticator app and a link, and `bob`.
struct Stage {
    instance: Instance,
    server: Server,
    secret: String,
}

impl Stage {
    fn new() -> Self {
        Self::with("")
    }

    fn with(settings: &str) -> Self {
        let instance = Instance::with(&format!("{SETTINGS}{settings}"));
        instance.add_user("ada", "hunter22");
        instance.add_user("bob", "hunter22");
        instance.ok(&["user", "set", "ada", "--links", "https://ada.example/"], "");
        let secret = instance.enroll("ada");
        let server = instance.serve();
        Self { instance, server, secret }
    }

    /// The code of `ada`'s app, this many steps from now.
    fn code(&self, steps: i64) -> String {
        oathtool(&self.secret, steps)
    }
}

/// Sends a request, with a body of JSON where there is one.
fn send(client: &Client, (method, path): (&str, &str), headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
    match body {
        None => client.send(method, path, headers, b""),
        Some(body) => {
            let headers = [headers, &[("Content-Type", "application/json")]].concat();
            client.send(method, path, &headers, body.to_string().as_bytes())
        }
    }
}

/// The path of a URL that the server gave out: the public URL is not where the server of a test is found.
#[track_caller]
fn path_of(url: &str) -> &str {
    let path = url.strip_prefix(URL).unwrap_or_else(|| panic!("{url} is not below {URL}"));
    assert!(path.starts_with('/'), "{url}");
    path
}

/// A body as this type, with its HTTP status.
#[track_caller]
fn decode<T: DeserializeOwned>(answer: &Answer, status: u16) -> T {
    assert_eq!(answer.status, status, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}

/// The data of a success.
#[track_caller]
fn data<T: DeserializeOwned>(answer: &Answer) -> T {
    decode::<Success<T>>(answer, 200).data
}

#[derive(Deserialize)]
struct Success<T> {
    data: T,
}

/// A failure with its code, which is a number or a name, and its data.
#[derive(Deserialize)]
struct Failure<C, D = Nullable<Value>> {
    error: Refusal<C>,
    data: D,
}

#[derive(Deserialize)]
struct Refusal<C> {
    message: String,
    code: C,
    status: u32,
}

/// What may be null but not be missing; serde takes a missing `Option` for `None`.
#[derive(Debug, Deserialize)]
struct Nullable<T>(Option<T>);

/// What a login gives to programs that keep the token themselves.
#[derive(Deserialize)]
struct Session<L> {
    token: String,
    /// In milliseconds.
    expires: i64,
    created_at: i64,
    user: User<L>,
}

impl<L> Session<L> {
    fn bearer(&self) -> String {
        assert!(self.expires > self.created_at && self.created_at > 1_700_000_000_000);
        format!("Bearer {}", self.token)
    }
}

/// A user as they see themselves, with links as the dialect writes them.
#[derive(Deserialize)]
struct User<L> {
    id: u32,
    username: String,
    display: String,
    server: String,
    tags: Vec<String>,
    bio: Nullable<String>,
    thumbnail: Nullable<String>,
    banner: Nullable<String>,
    links: Vec<L>,
    rank: i64,
    relations: Nullable<String>,
    email: Nullable<String>,
    email_verified: bool,
    created_at: i64,
    home: Nullable<String>,
    twofa_enabled: bool,
    pronoun: Nullable<String>,
    avatar: Nullable<String>,
    public: Nullable<String>,
    presence: Presence,
    alias: Vec<Alias>,
    followers: u32,
    following: u32,
    methods: States,
}

#[derive(Deserialize)]
struct Presence {
    status: String,
    text: Nullable<String>,
}

#[derive(Deserialize)]
struct Alias {
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct States {
    totp: String,
    email: String,
}

/// A link in the dialect of names.
#[derive(Debug, Deserialize, PartialEq)]
struct Link {
    label: String,
    value: String,
}

/// What a program needs of somebody else.
#[derive(Debug, Deserialize, PartialEq)]
struct Somebody {
    id: u32,
    username: String,
    display: String,
}

/// What stands beside the failure where a second factor is due, with the methods as a client reads them.
#[derive(Deserialize)]
struct Due<M> {
    verification_required: bool,
    methods: Vec<M>,
}

/// A method as it is documented.
#[derive(Deserialize)]
struct Method {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    description: String,
    enabled: bool,
    can_send: bool,
}

/// Checks that of the two methods, `ada`'s app is the one that is on.
#[track_caller]
fn assert_app_is_due(methods: [(&str, bool); 2]) {
    assert_eq!(methods, [("totp", true), ("email", false)]);
}

/// A logout's answer.
#[derive(Deserialize)]
struct Done {
    success: bool,
}
