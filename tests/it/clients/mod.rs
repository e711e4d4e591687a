//! The programs that exist, each simulated from its row in the contract's table of clients, and as
//! strict as the program itself: a key that is missing, `null` where the program has no `null`, or
//! another kind of value is a failure. None of the types has a default for that reason, and every
//! answer that a program gets is read by one of them.

#![expect(dead_code, reason = "of most fields only the type is told, and decoding tests it")]

mod browser;
mod documents;
mod envelope;
mod front_2025;
mod front_2026;
mod lists;
mod numeric_origin;
mod relay;
mod request;
mod rust;
mod stranger;
mod unity_2026;
mod unity_january;
mod user;
mod values;

use serde::de::DeserializeOwned;

use crate::harness::{Answer, Client, Instance, MailServer, Server, oathtool};
use envelope::{Failure, Refusal, Success, Told};
use request::Request;

/// What players type.
const ADDRESS: &str = "nox.example";
const URL: &str = "https://nox.example";
const FRONT: &str = "https://front.nox.example";
const SETTINGS: &str = "[server]\naddress = 'nox.example'\npublic_url = 'https://nox.example'\n\
    allowed_origins = ['https://front.nox.example']\n";
const PASSWORD: &str = "hunter22";
/// An RSA key of 4096 bits, as Unity makes one for itself.
const PUBLIC_KEY: &str = "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAwwpaA3/3x8D/DD+I4O1IcSW2kzdO1lo+wVdNAK+5bCeWJCmzulTU1NsCjKNAgEE/SPnx\
    1WkQ5v7wBLwocp9qyE/ZT/mmpGoPPkGtaARof3t1OSYVr+apPVdy7ocQ6qXM5Sv2bkyggjqFpGqiSLFTZ02aroodJ42xRBkBOOXjSpIlZ1Al8oW0\
    zMsEz5tmV/PevVYW53qYShB9bTlv44/Vrku+Eu92IxMbEPQdPkakCLEpvMdbIvVsSuJm2A668b6nAWkhXn88IoiZikLF+xyOHpJhB6buUkhdVCWl\
    xYDrDO4QVQWmaHTFGr7mrdxzkOQC69pnsxiMU+wxwPYfLhYLIY6SmC9saUdWUw5DN6EJnzTIqa2yefcVMUh1G1t7T4rB2fgiMpZA59hIrMKqvOWp\
    nVwbSMo4lwvJEYIv6IzR4KIr1bcM2imqRO18e1JbpuQt16bucnfe7+HR+OG8ysHad4jOd7vvvL48bDdsloc0rTdwLb/3PQQ3RwOV/JUO1SKvyCMo\
    WTfok+mHIyAuU8iCkGIaslFtEAgSKHUcF3xAUZEgozIj5WM1+kgFt2BDwsKqfKBMaWHZHkv7iPTYEswyl04bW2ktk13H+CZ8Egbon1K6YGPW6dPX\
    mQepaO64kK48uQHa94LnPkrgb91XwZoE5nzB2ZhOGJ7fnygQaPnphsUCAwEAAQ==";
/// Of one pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\xdac\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xffV\xc7/\r\0\0\0\0IEND\xaeB`\x82";

/// A server with `ada`, who has an authenticator app, a plain link and one with a label, and `bob`,
/// who has nothing.
struct Stage {
    instance: Instance,
    server: Server,
    secret: String,
}

impl Stage {
    fn new() -> Self {
        Self::with("")
    }

    /// With these settings, which start in the table `[server]`.
    fn with(settings: &str) -> Self {
        let instance = Instance::with(&format!("{SETTINGS}{settings}"));
        instance.add_user("ada", PASSWORD);
        instance.add_user("bob", PASSWORD);
        instance.ok(
            &["user", "set", "ada", "--links", "https://ada.example/,Blog=https://blog.example/"],
            "",
        );
        let secret = instance.enroll("ada");
        let server = instance.serve();
        Self { instance, server, secret }
    }

    /// The code of `ada`'s app, this many steps from now.
    fn code(&self, steps: i64) -> String {
        oathtool(&self.secret, steps)
    }

    /// A code from the operator, which goes wherever one of the app goes, as often as it takes.
    fn another_code(&self) -> String {
        self.instance.issue_code("ada")
    }

    /// Gives `bob` an address, and codes by mail as his only factor.
    fn let_bob_have_codes_by_mail(&self, mails: &MailServer) {
        self.instance
            .ok(&["user", "set", "bob", "--email", "bob@b.example", "--verified", "true"], "");
        let client = self.client();
        let bearer = format!("Bearer {}", client.log_in("bob", PASSWORD).token());
        let bob = |request: Request| request.with("Authorization", &bearer).send(&client);
        data::<Told>(&bob(Request::post("/api/auth/email/send")));
        let code = serde_json::json!({ "token": mails.next_mail().code() });
        assert_eq!(bob(Request::post("/api/auth/email/enable").json(&code)).status, 200);
        assert_eq!(mails.next_mail().subject(), "Nox: Codes by mail were switched on");
        // Later, as it were.
        self.instance.forget_budgets();
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    /// Stops the server, which sends what is left, and returns the subjects of the mails not looked
    /// at.
    fn rest(self, mails: MailServer) -> Vec<String> {
        let (status, _, log) = self.server.stop();
        assert_eq!(status.code(), Some(0), "{log}");
        mails.rest()
    }
}

/// The path of a URL that the server gave out: the public URL is not where the server of a test is
/// found.
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
    assert!(
        answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")),
        "{answer:?}"
    );
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {}", answer.text))
}

/// The data of a success.
#[track_caller]
fn data<T: DeserializeOwned>(answer: &Answer) -> T {
    let success: Success<T> = decode(answer, 200);
    assert_eq!(success.error, None, "{}", answer.text);
    success.data
}

/// A failure with its code, which is a number or a name.
#[track_caller]
fn failure<C: DeserializeOwned, D: DeserializeOwned>(
    answer: &Answer,
    status: u16,
) -> Failure<C, D> {
    let failure: Failure<C, D> = decode(answer, status);
    assert_eq!(failure.error.status, u32::from(status), "{}", answer.text);
    assert!(!failure.error.message.is_empty(), "{}", answer.text);
    failure
}

/// What a failure says where it has nothing beside it.
#[track_caller]
fn refusal<C: DeserializeOwned>(answer: &Answer, status: u16) -> Refusal<C> {
    failure::<C, ()>(answer, status).error
}
