use std::fs;
use std::os::unix::fs::symlink;

use super::*;
use crate::domain::import::dump::Shape;
use crate::domain::import::values::Assets;
use crate::time::Timestamp;

const KEY: &str =
    "MDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmY_dD0xNzcwMDAwMDAwMDAwJnR5cGU9aW1hZ2UlMkZwbmc";
const SECOND: &str = "00112233445566778899aabbccddeeff";
/// The smallest GIF that says a size.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0\0";

fn first() -> String {
    format!("{}-png.PNG", "ab".repeat(32))
}

fn config() -> Config {
    let text =
        "[server]\naddress = 'nox.example.org:53032'\npublic_url = 'https://login.example.org'";
    toml::from_str(text).unwrap()
}

#[test]
fn column_is_a_file_of_either_generation_or_a_picture_elsewhere() {
    let hash = "ab".repeat(32);
    let own = "https://nox.example.org:53032";
    for (text, expected) in [
        (format!("file://{}", first()), Found::File(first())),
        (format!("local://{KEY}"), Found::File(SECOND.into())),
        ("https://a.example/x.png".into(), Found::Url),
        ("http://a.example/api/users/7/thumbnail".into(), Found::Url),
        (format!("{own}/api/users/7/thumbnail?t=5"), Found::Itself),
        ("https://login.example.org/api/users/7/banner".into(), Found::Itself),
        (format!("{own}/v2/api/files/{KEY}"), Found::File(SECOND.into())),
        (format!("{own}/api/files/unknown"), Found::Itself),
        (format!("{own}/pictures/ada.png"), Found::Url),
        (format!("file://../{}", first()), Found::Unknown),
        (format!("file:///{}", first()), Found::Unknown),
        ("file:///etc/passwd".into(), Found::Unknown),
        (format!("file://{hash}-png/x.png"), Found::Unknown),
        (format!("file://{hash}-.png"), Found::Unknown),
        (format!("file://{hash}-png."), Found::Unknown),
        (format!("file://{hash}-png.png\0"), Found::Unknown),
        (format!("file://{}é-png.png", "a".repeat(63)), Found::Unknown),
        // The base64 of `../../../etc/passwd` and of a name with a slash.
        ("local://Li4vLi4vLi4vZXRjL3Bhc3N3ZA".into(), Found::Unknown),
        ("local://".into(), Found::Unknown),
        (format!("local://{SECOND}"), Found::Unknown),
        ("data:image/png;base64,AA".into(), Found::Unknown),
        ("javascript:alert(1)".into(), Found::Unknown),
        ("x".into(), Found::Unknown),
    ] {
        assert_eq!(find(&config(), &text), expected, "{text}");
    }
}

fn digit(digit: char) -> String {
    digit.to_string().repeat(32)
}

/// A folder with files of every kind.
fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let assets = folder.path().join("assets");
    fs::create_dir(&assets).unwrap();
    fs::write(folder.path().join("outside"), GIF).unwrap();
    fs::write(assets.join(digit('1')), GIF).unwrap();
    fs::write(assets.join(digit('2')), "<svg>").unwrap();
    fs::write(assets.join(digit('3')), [GIF, &[0; 2000]].concat()).unwrap();
    symlink("../outside", assets.join(digit('4'))).unwrap();
    symlink(digit('1'), assets.join(digit('5'))).unwrap();
    fs::create_dir(assets.join(digit('6'))).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, assets.join(digit('7')), 0o600.into()).unwrap();
    fs::write(assets.join(digit('8')), "").unwrap();
    folder
}

#[test]
fn only_a_good_picture_inside_the_folder_is_taken() {
    let folder = filled();
    let assets = Assets::open(&folder.path().join("assets"), 1000).unwrap();
    let config = config();
    let read = |assets, name: char| {
        let context = Context {
            config: &config,
            shape: Shape::Second,
            assets,
            skip_passwords: false,
            now: Timestamp::from_millis(0),
        };
        let key = BASE64_URL_SAFE_NO_PAD.encode(format!("{}?t=1", digit(name)));
        let mut gathered = Gathered::default();
        let row = Row::of(&[("banner", Some(&format!("local://{key}")))]);
        let found = pictures(&mut gathered, &context, &row);
        assert_eq!(found.banner.is_some(), !found.files.is_empty());
        assert!(gathered.refusals.is_empty());
        match gathered.losses.pop() {
            Some(loss) => loss.what,
            None => found.files[0].name.clone(),
        }
    };
    assert_eq!(read(Some(&assets), '1'), digit('1'));
    assert_eq!(read(None, '1'), "banner: its file is in the folder of --assets DIR");
    for (name, why) in [
        ('2', "its file is no PNG, JPEG, GIF or WebP"),
        ('3', "it has more than 1000 bytes (limits.picture_bytes)"),
        ('4', "its file is a link or a device, and not a regular file"),
        ('5', "its file is a link or a device, and not a regular file"),
        ('6', "its file is a link or a device, and not a regular file"),
        ('7', "its file is a link or a device, and not a regular file"),
        ('8', "its file is no PNG, JPEG, GIF or WebP"),
        ('9', "its file is missing"),
    ] {
        assert_eq!(read(Some(&assets), name), format!("banner: {why}"));
    }
    for name in ["../outside", "..", ".", "", "/etc/passwd"] {
        assert!(assets.read(PictureKind::Banner, name).is_err(), "{name}");
    }
}
