//! Pictures of the old server, in its folder of assets or elsewhere.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::moving::{dump_of, import, imported};
use super::people::base64;
use super::postgres::Row;
use super::shapes::{FIRST, SECOND, Shape};
use crate::harness::{Instance, PNG, sha256sum};

const KEY: &str = "00112233445566778899aabbccddeeff";

/// The name of a file of the second generation, as its column has it.
fn local(path: &str) -> String {
    let text = base64(format!("{path}?t=1770000000000&type=image%2Fpng").as_bytes());
    format!("local://{}", text.trim_end_matches('=').replace('+', "-").replace('/', "_"))
}

/// An instance in whose folder `assets` these files are.
fn instance(files: &[(&str, &[u8])]) -> Instance {
    let instance = Instance::with("[server]\npublic_url = 'https://nox.example'\n");
    fs::create_dir(instance.path("assets")).unwrap();
    for (name, content) in files {
        instance.write(format!("assets/{name}"), content);
    }
    instance
}

/// The dump of a user with this thumbnail.
fn dump(shape: &'static Shape, thumbnail: &str) -> Vec<u8> {
    let user = Row::new().set("id", "5").set("username", "eve");
    dump_of(shape, &[user.set("thumbnail", thumbnail).set("banner", "https://b.example/x.png")])
}

#[test]
fn picture_of_the_folder_of_assets_is_served() {
    let first = format!("{}-png.png", sha256sum(PNG));
    for (shape, file, thumbnail) in
        [(&FIRST, &*first, format!("file://{first}")), (&SECOND, KEY, local(KEY))]
    {
        let instance = instance(&[(file, PNG)]);
        imported(&instance, dump(shape, &thumbnail), "--assets assets");
        let eve = instance.user("eve");
        let url = eve["thumbnail"].as_str().unwrap();
        assert!(url.starts_with("https://nox.example/api/users/5/thumbnail"), "{url}");
        let server = instance.serve();
        let answer = server.client().get("/api/users/5/thumbnail", &[]);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/png")));
        let banner = server.client().get("/api/users/5/banner", &[]);
        assert_eq!(banner.header("location"), Some("https://b.example/x.png"));
    }
}

#[test]
fn picture_that_cannot_be_taken_is_told_and_is_no_failure() {
    let hex = "a".repeat(64);
    let named = format!("{hex}-png.png");
    let large = [PNG, &vec![0; 5 * 1024 * 1024]].concat();
    let cases: &[(&Shape, String)] = &[
        (&FIRST, format!("file://{}-png.png", "b".repeat(64))),
        (&FIRST, format!("file://{named}")),
        (&FIRST, "file://../nox.toml".into()),
        (&FIRST, "file:///etc/passwd".into()),
        (&FIRST, format!("file://{}-png.png/../../nox.toml", "c".repeat(64))),
        (&FIRST, "https://nox.example/api/users/5/thumbnail?t=1".into()),
        (&FIRST, "javascript:alert(1)".into()),
        (&SECOND, local("../nox.toml")),
        (&SECOND, local("/etc/passwd")),
        (&SECOND, local(&"f".repeat(32))),
        (&SECOND, "local://###".into()),
    ];
    for (shape, thumbnail) in cases {
        let instance = instance(&[(&"f".repeat(32), &large)]);
        symlink(instance.path("nox.toml"), instance.path("assets").join(&named)).unwrap();
        let shape: &'static Shape = if shape.users == "users" { &SECOND } else { &FIRST };
        let ran = import(&instance, dump(shape, thumbnail), "--assets assets");
        assert_eq!(ran.status, 0, "{thumbnail}: {}", ran.stderr);
        assert!(ran.stdout.contains("picture left out"), "{thumbnail}: {}", ran.stdout);
        let eve = instance.user("eve");
        assert_eq!(eve["thumbnail"], Value::Null, "{thumbnail}");
        assert_eq!(eve["banner"], "https://nox.example/api/users/5/banner");
    }
}

#[test]
fn pictures_are_told_where_no_folder_of_assets_is_named() {
    let instance = instance(&[(KEY, PNG)]);
    let report = imported(&instance, dump(&SECOND, &local(KEY)), "");
    assert!(report["lost"].to_string().contains("picture"), "{report}");
    assert_eq!(instance.user("eve")["thumbnail"], json!(null));
}
