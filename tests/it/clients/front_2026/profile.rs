//! The pages that change the profile and delete the account.

use serde_json::{Value, json};

use super::Front;
use crate::clients::envelope::Done;
use crate::clients::request::{Request, sha256};
use crate::clients::user::{Link, OwnUser, Pictured, PublicUser};
use crate::clients::{data, path_of, refusal, serve};

use crate::harness::{PASSWORD, PNG};

impl Front {
    #[track_caller]
    fn change(&mut self, wanted: &Value) -> OwnUser<Link> {
        let changed: OwnUser<Link> = self.post("users/@me", wanted);
        assert_eq!(changed, self.get("users/@me"));
        changed
    }
}

#[test]
fn front_2026_sends_tags_back_as_a_whole_list() {
    let app = serve();
    app.nox("user tag add bob sys:moderator");
    let mut front = Front::open(&app);
    front.enter("bob", None);
    let shown = front.get::<OwnUser<Link>>("users/@me").public.tags;
    assert!(
        shown.iter().any(|tag| tag.starts_with("dft:")) && shown.contains(&"sys:moderator".into()),
        "{shown:?}"
    );
    let with_mine = [&shown[..], &["usr:builder".into()]].concat();
    let mut tags = front.change(&json!({ "tags": with_mine })).public.tags;
    let mut wanted = with_mine.clone();
    tags.sort();
    wanted.sort();
    assert_eq!(tags, wanted);
    // Left out, they stay; one's own are the ones that go.
    let tags = front.change(&json!({ "tags": [] })).public.tags;
    assert!(
        shown.iter().all(|tag| tags.contains(tag)) && !tags.contains(&"usr:builder".into()),
        "{tags:?}"
    );
    front.change(&json!({ "tags": with_mine }));
    let tags = front.change(&json!({ "tags": null })).public.tags;
    assert!(
        shown.iter().all(|tag| tags.contains(tag)) && !tags.contains(&"usr:builder".into()),
        "{tags:?}"
    );
    for foreign in ["sys:admin", "dft:can_fly", "builder"] {
        front.refused(
            Request::post("users/@me").json(&json!({ "tags": [foreign] })),
            "VALIDATION_ERROR",
            422,
        );
    }
}

#[test]
fn front_2026_saves_labels_and_the_longest_texts() {
    let app = serve();
    let mut front = Front::open(&app);
    front.enter("ada", Some(&app.ada.code(0)));
    let label = "é".repeat(32);
    let long = format!("https://ada.example/{}", "x".repeat(60));
    let wanted = json!({
        "display": "D".repeat(50), "bio": "b".repeat(4096), "pronoun": "p".repeat(32),
        "avatar": "a".repeat(100),
        "home": "h".repeat(100), "presence_status": "s".repeat(128),
        "presence": { "status": "idle", "text": "unused" },
        "links": [
            { "label": label, "value": "https://ada.example/" },
            { "label": long, "value": long },
        ],
    });
    let ada = front.change(&wanted).public;
    assert_eq!(ada.links, [Link::new(&label, "https://ada.example/"), Link::new(&long, &long)]);
    assert_eq!((ada.display.len(), ada.bio.text().unwrap().len()), (50, 4096));
    assert_eq!(front.get::<PublicUser<Link>>("users/u:1").links, ada.links);
    for wrong in [
        json!({ "display": "D".repeat(51) }),
        json!({ "bio": "b".repeat(4097) }),
        json!({ "presence_status": "s".repeat(129) }),
        json!({ "links": [{ "label": "l".repeat(33), "value": "https://ada.example/" }] }),
        json!({ "home": "h".repeat(101) }),
    ] {
        front.refused(Request::post("users/@me").json(&wrong), "VALIDATION_ERROR", 422);
    }
    let cleared =
        front.change(&json!({ "links": null, "bio": null, "presence_status": null, "home": null }));
    assert_eq!(
        (cleared.public.bio.text(), cleared.public.presence.text.text(), cleared.home.text()),
        (None, None, None)
    );
}

#[test]
fn front_2026_uploads_a_photograph_of_megabytes_as_a_form() {
    let app = serve();
    let mut front = Front::open(&app);
    front.enter("bob", None);
    let photograph = [PNG, &vec![0; 3 * 1024 * 1024]].concat();
    assert!(front.configs.picture_max_bytes >= 4 * 1024 * 1024);
    let hash = sha256(&photograph);
    for kind in ["thumbnail", "banner"] {
        let upload = || Request::post(format!("users/@me/{kind}")).form(&photograph);
        for request in [upload(), upload().with("x-file-hash", hash.as_str())] {
            let pictured: Pictured<Link> = data(&front.call(request));
            assert_eq!(
                pictured.url,
                format!("https://nox.example/api/users/2/{kind}?t={}", &hash[..16])
            );
            let shown = if kind == "banner" {
                pictured.user.public.banner
            } else {
                pictured.user.public.thumbnail
            };
            assert_eq!(shown.text(), Some(pictured.url.as_str()));
            let picture = front.browser.fetch(Request::get(path_of(&pictured.url)));
            assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
        }
        front.refused(upload().with("x-file-hash", sha256(PNG)), "VALIDATION_ERROR", 422);
    }
    front.refused(Request::post("users/@me/thumbnail").form(b"no picture"), "BAD_REQUEST", 415);
    let too_large = [PNG, &vec![0; 4 * 1024 * 1024]].concat();
    front.refused(Request::post("users/@me/thumbnail").form(&too_large), "BAD_REQUEST", 413);
}

#[test]
fn front_2026_deletes_an_account_by_the_code_it_is_asked_for() {
    let app = serve();
    let mut front = Front::open(&app);
    front.enter("ada", Some(&app.ada.code(0)));
    for request in [Request::delete("users/@me"), Request::delete("users/@me").json(&json!({}))] {
        assert_eq!(Front::due_kinds(&front.call(request)), ["totp"]);
    }
    let gone: Done = front.retry(Request::delete("users/@me"), json!({}), &app.ada.code(1));
    assert!(gone.success);
    front.refused(Request::get("users/@me"), "UNAUTHORIZED", 401);
    front.refused(Request::get("users/ada"), "NOT_FOUND", 404);

    front.enter("bob", None);
    front.refused(Request::delete("users/@me"), "VALIDATION_ERROR", 422);
    let gone =
        front.call(Request::delete("users/@me").json(&json!({ "current_password": PASSWORD })));
    assert!(data::<Done>(&gone).success);
    assert_eq!(refusal::<String>(&front.log_in("bob"), 404).code, "NOT_FOUND");
}
