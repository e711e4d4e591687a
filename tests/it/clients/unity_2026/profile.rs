//! How Unity of 2026 changes a profile: what it sends as null is to be removed.

use serde_json::{Value, json};

use super::Unity;
use crate::clients::request::{Request, sha256};
use crate::clients::user::{Link, OwnUser, Pictured, PublicUser};
use crate::clients::{data, path_of, serve};

use crate::harness::PNG;

impl Unity {
    #[track_caller]
    fn change(&self, wanted: &Value) -> OwnUser<Link> {
        let changed: OwnUser<Link> = data(&self.call(Request::post("users/@me").json(wanted)));
        assert_eq!(changed, self.get("users/@me"));
        changed
    }
}

#[test]
fn unity_2026_changes_a_profile_and_clears_it_by_null() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    unity.enter("ada", Some(&app.ada.code(0)));
    let plain = "https://ada.example/";
    let links = json!([
        { "label": plain, "value": plain }, { "label": "Blog", "value": "https://blog.example/" },
        { "label": "", "value": "https://c.example/" }, { "value": "https://d.example/" },
        "https://e.example/",
    ]);
    let wanted = json!({
        "display": "Ada L.", "bio": "Counts.", "links": links, "pronoun": "she/her",
        "avatar": "7@::", "home": "9@far.example",
        "presence": { "status": "dnd", "text": "At work" },
        "banner": "https://ada.example/wide.png",
    });
    let ada = unity.change(&wanted).public;
    let unlabelled = ["c", "d", "e"]
        .map(|name| format!("https://{name}.example/"))
        .map(|url| Link::new(&url, &url));
    assert_eq!(ada.links, [&Link::of_ada()[..], &unlabelled].concat());
    assert_eq!(
        (ada.display.as_str(), ada.bio.text(), ada.pronoun.text()),
        ("Ada L.", Some("Counts."), Some("she/her"))
    );
    assert_eq!((ada.avatar.text(), ada.banner.0.is_some()), (Some("7@nox.example"), true));
    assert_eq!((ada.presence.status.as_str(), ada.presence.text.text()), ("dnd", Some("At work")));
    let seen: PublicUser<Link> = Unity::discover(&app).get("users/u:1@nox.example");
    assert_eq!(seen, ada, "others see the same");

    let cleared = unity.change(&json!({
        "display": null, "username": null, "password": null, "bio": null, "links": null,
        "pronoun": null, "avatar": null,
        "home": null, "presence": null, "banner": null, "thumbnail": null,
    }));
    let (home, ada) = (cleared.home, cleared.public);
    assert_eq!((ada.display.as_str(), ada.username.as_str()), ("Ada L.", "ada"));
    for field in
        [ada.bio, ada.pronoun, ada.avatar, ada.banner, ada.thumbnail, home, ada.presence.text]
    {
        assert_eq!(field.text(), None);
    }
    assert_eq!((ada.presence.status.as_str(), ada.links), ("online", Vec::new()));
}

#[test]
fn unity_2026_sets_every_status_and_its_text() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    unity.enter("bob", None);
    for status in [
        "online",
        "busy",
        "dnd",
        "oja",
        "ojf",
        "stream",
        "offline",
        "idle",
        "events",
        "public",
        "online_join",
        "do_not_disturb",
    ] {
        assert_eq!(unity.change(&json!({ "presence": status })).public.presence.status, status);
    }
    let bob = unity.change(&json!({ "presence": "invisible", "presence_status": "Away" })).public;
    assert_eq!(
        (bob.presence.status.as_str(), bob.presence.text.text()),
        ("invisible", Some("Away"))
    );
    let seen: PublicUser<Link> = Unity::discover(&app).get("users/2");
    assert_eq!(seen.presence.status, "offline");
    let bob = unity.change(&json!({ "presence_status": null })).public;
    assert_eq!((bob.presence.status.as_str(), bob.presence.text.text()), ("invisible", None));
    for wrong in [
        json!({ "presence": "asleep" }),
        json!({ "pronoun": "x".repeat(33) }),
        json!({ "avatar": 7 }),
    ] {
        unity.refused(Request::post("users/@me").json(&wrong), "VALIDATION_ERROR", 422);
    }
}

#[test]
fn unity_2026_uploads_a_picture_and_removes_it_by_null() {
    let app = serve();
    let mut unity = Unity::discover(&app);
    unity.enter("bob", None);
    let upload = || Request::post("users/@me/thumbnail").typed("image/png", PNG);
    let hash = sha256(PNG);
    let pictured: Pictured<Link> = data(&unity.call(upload().with("x-file-hash", hash.as_str())));
    assert_eq!(pictured.user.public.thumbnail.text(), Some(pictured.url.as_str()));
    assert_eq!(
        pictured.url,
        format!("https://nox.example/api/users/2/thumbnail?t={}", &hash[..16])
    );
    let picture = Request::get(path_of(&pictured.url)).send(&unity.client);
    assert_eq!((picture.status, picture.header("x-file-hash")), (200, Some(hash.as_str())));
    unity.refused(upload().with("x-file-hash", sha256(b"another")), "VALIDATION_ERROR", 422);
    assert_eq!(unity.change(&json!({ "thumbnail": null })).public.thumbnail.text(), None);
    unity.refused(Request::get("users/2/thumbnail"), "NOT_FOUND", 404);
}
