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

use crate::harness::{Answer, Builder, Mode, TestApp};
use envelope::{Failure, Refusal, Success, Told};
use request::Request;

/// What players type.
const ADDRESS: &str = "nox.example";
const URL: &str = "https://nox.example";
const FRONT: &str = "https://front.nox.example";
const SETTINGS: &str = "[server]\naddress = 'nox.example'\npublic_url = 'https://nox.example'\n\
    allowed_origins = ['https://front.nox.example']\n";
/// An RSA key of 4096 bits, as Unity makes one for itself.
const PUBLIC_KEY: &str = "\
    MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAwwpaA3/3x8D/DD+I4O1IcSW2kzdO1lo+wVdNAK+5bCeWJC\
    mzulTU1NsCjKNAgEE/SPnx1WkQ5v7wBLwocp9qyE/ZT/mmpGoPPkGtaARof3t1OSYVr+apPVdy7ocQ6qXM5Sv2bkyg\
    gjqFpGqiSLFTZ02aroodJ42xRBkBOOXjSpIlZ1Al8oW0zMsEz5tmV/PevVYW53qYShB9bTlv44/Vrku+Eu92IxMbEP\
    QdPkakCLEpvMdbIvVsSuJm2A668b6nAWkhXn88IoiZikLF+xyOHpJhB6buUkhdVCWlxYDrDO4QVQWmaHTFGr7mrdxz\
    kOQC69pnsxiMU+wxwPYfLhYLIY6SmC9saUdWUw5DN6EJnzTIqa2yefcVMUh1G1t7T4rB2fgiMpZA59hIrMKqvOWpnV\
    wbSMo4lwvJEYIv6IzR4KIr1bcM2imqRO18e1JbpuQt16bucnfe7+HR+OG8ysHad4jOd7vvvL48bDdsloc0rTdwLb/3\
    PQQ3RwOV/JUO1SKvyCMoWTfok+mHIyAuU8iCkGIaslFtEAgSKHUcF3xAUZEgozIj5WM1+kgFt2BDwsKqfKBMaWHZHk\
    v7iPTYEswyl04bW2ktk13H+CZ8Egbon1K6YGPW6dPXmQepaO64kK48uQHa94LnPkrgb91XwZoE5nzB2ZhOGJ7fnygQ\
    aPnphsUCAwEAAQ==";

/// `ada` has an authenticator app, a plain link and one with a label; `bob` has nothing.
fn stage(settings: &str) -> Builder {
    TestApp::with(&format!("{SETTINGS}{settings}"))
        .user("bob")
        .nox("user set ada --links https://ada.example/,Blog=https://blog.example/")
        .enrolled()
}

fn serve() -> TestApp {
    stage("").serve()
}

/// With these settings, of which the first may belong to `[server]`.
fn serve_with(settings: &str) -> TestApp {
    stage(settings).serve()
}

fn serve_with_mail() -> TestApp {
    stage("").mail_server(Mode::Plain).serve()
}

/// Gives `bob` an address, and codes by mail as his only factor.
fn let_bob_have_codes_by_mail(app: &TestApp) {
    app.nox("user set bob --email bob@b.example --verified true");
    let bob = app.log_in("bob");
    let bob = |request: Request| request.with("Authorization", bob.bearer()).send(&bob.client);
    data::<Told>(&bob(Request::post("/api/auth/email/send")));
    let code = serde_json::json!({ "token": app.mails().next_mail().code() });
    assert_eq!(bob(Request::post("/api/auth/email/enable").json(&code)).status, 200);
    assert_eq!(app.mails().next_mail().subject(), "Nox: Codes by mail were turned on");
    app.instance.reset_limits();
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
