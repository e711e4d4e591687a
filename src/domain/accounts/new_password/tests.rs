use super::*;
use proptest::prelude::*;

/// Why a password is refused for an account; `None` if it is taken.
fn refusal(password: &str) -> Option<Guess> {
    let settings = "server.address = 'login.grenier.example:443'\n[password]\nmin_length = 6\n\
                    [instance]\ntitle = 'Grenier VR'";
    let names = Names {
        username: "player01",
        display: Some("Zoé Ferrán"),
        email: Some("zoe.f+games@grenier.example"),
    };
    let config: Config = toml::from_str(settings).unwrap();
    let chosen = NewPassword::parse(password.to_owned().into(), &config);
    match chosen.and_then(|chosen| chosen.of(&names).map(drop)) {
        Ok(()) => None,
        Err(Error::GuessablePassword { guess }) => Some(guess),
        Err(error) => panic!("{password}: {error}"),
    }
}

#[test]
fn guessable_password_is_refused_with_what_it_is() {
    let refused = [
        (Guess::Common, &["password", "PassWord", "ｐａｓｓｗｏｒｄ", "12345678", "iloveyou1"][..]),
        (Guess::Common, &["motdepasse", "Пароль", "qwerty", "pass\u{200b}word"]),
        (
            Guess::OneCharacter,
            &["aaaaaaaa", "AaAaAaAa", "        ", "éE\u{301}ééÉé", "🙂🙂🙂🙂🙂🙂"],
        ),
        (Guess::Username, &["player01", "Player01", "PLAYER2026", "player!"]),
        (Guess::Username, &["player01player01", "player 01"]),
        (
            Guess::Display,
            &["Zoé Ferrán", "zoe\u{301}ferra\u{301}n", "ZoéFerrán1987", "!zoé-ferrán!"],
        ),
        (Guess::Email, &["zoe.f+games@grenier.example", "ZOE.F+GAMES@GRENIER.EXAMPLE"]),
        (Guess::Email, &["zoe.f+games", "zoefgames1"]),
        (Guess::Title, &["Grenier VR", "greniervr", "GrenierVR2026!"]),
        (Guess::Title, &["login.grenier.example", "Login.Grenier.Example:443"]),
    ];
    for (guess, passwords) in refused {
        for password in passwords {
            assert_eq!(refusal(password), Some(guess), "{password}");
        }
    }
}

#[test]
fn password_that_only_contains_a_name_or_a_common_one_is_taken() {
    for password in [
        "password of mine",
        "my password",
        "player01 likes tea",
        "player17364520",
        "zoé and the attic",
        "grenier vr, second floor",
        "aaaaaaab",
        "correct horse",
        "(){}[]<>player",
    ] {
        assert_eq!(refusal(password), None, "{password}");
    }
}

#[test]
fn name_without_letters_and_digits_refuses_only_itself() {
    let config = Config::default();
    let names = Names { username: "ada", display: Some("*-*-*-*-*"), email: Some("!@b.example") };
    let is_taken = |text: &str| {
        NewPassword::parse(text.to_owned().into(), &config).unwrap().of(&names).is_ok()
    };
    assert!(!is_taken("*-*-*-*-*"));
    assert!(is_taken("*-*-*-*-*-*") && is_taken("!?!?!?!?"));
}

proptest! {
    #[test]
    fn name_is_refused_in_every_case_and_with_digits_around_it(
        name in "[a-zß-öø-ÿа-я]{4,12}",
        before in "[0-9!. _-]{0,3}",
        after in "[0-9!. _-]{0,3}",
        upper in any::<bool>(),
    ) {
        let name_as_typed = if upper { name.to_uppercase() } else { name.clone() };
        let text = format!("{before}{name_as_typed}{after}");
        prop_assert!(Candidate::new(&text.into()).is_name(&name));
    }

    #[test]
    fn no_text_stops_the_comparison(password in "\\PC{0,130}", name in "\\PC{0,60}") {
        let candidate = Candidate::new(&password.clone().into());
        let _ = candidate.guess();
        prop_assert!(candidate.is_name(&password));
        let _ = candidate.is_name(&name);
    }
}
