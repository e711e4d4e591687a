use icu_normalizer::{DecomposingNormalizer, DecomposingNormalizerBorrowed};
use proptest::prelude::*;

use super::*;

const NFD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizer::new_nfd();

/// A text in the forms in which devices send it.
fn written(text: &str) -> [String; 3] {
    [text.to_owned(), NFD.normalize(text).into_owned(), nfc(text).into_owned()]
}

proptest! {
    #[test]
    fn composed_and_decomposed_text_have_one_form(
        text in "\\PC{0,12}|[a-zäöüéåßñοςΣıİ가각 -]{0,12}",
    ) {
        let [_, decomposed, composed] = written(&text);
        prop_assert_eq!(nfc(&decomposed), composed.as_str());
        for form in written(&text) {
            prop_assert_eq!(line(&form), line(&text));
            prop_assert_eq!(fold(&form), fold(&text));
            prop_assert_eq!(code(&form), code(&text));
            prop_assert_eq!(address::clean(&form), address::clean(&text));
            prop_assert_eq!(address::fold(&form), address::fold(&text));
            let secret = nfc_of_secret(&form);
            prop_assert_eq!(secret.is_none(), form == composed);
            prop_assert_eq!(secret.as_deref().unwrap_or(&form), &composed);
        }
    }

    #[test]
    fn form_of_a_form_is_itself(text in ".*|\\PC{0,12}|(mailto:|@|[a-zA-ZＡß.])*") {
        let [cleaned, folded] = [address::clean(&text), address::fold(&text)];
        prop_assert_eq!(line(&line(&text)), line(&text));
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
        prop_assert_eq!(code(&code(&text)), code(&text));
        if cleaned.matches([':', '%']).next().is_none() {
            prop_assert_eq!(address::clean(&cleaned), cleaned.clone());
            prop_assert_eq!(address::fold(&cleaned), folded);
        }
    }

    /// Today's unique column compares this way, so no two of its rows may become two addresses.
    #[test]
    fn texts_that_differ_in_the_case_of_ascii_alone_have_one_form(
        text in ".*|\\PC{0,12}|(mailto:|@|xn--|%c3|[a-zA-Z.])*",
    ) {
        for other in [text.to_ascii_uppercase(), text.to_ascii_lowercase()] {
            prop_assert_eq!(fold(&other), fold(&text));
            prop_assert_eq!(address::fold(&other), address::fold(&text));
        }
    }

    #[test]
    fn secret_in_nfc_never_moves_while_it_grows(text in "\\PC*") {
        let secret = nfc_of_secret(&text);
        prop_assert!(secret.is_none_or(|secret| secret.capacity() == 3 * text.len()));
    }
}

#[test]
fn letter_folds_like_its_upper_and_lower_case() {
    let has_case = |letter: &char| letter.is_lowercase() || letter.is_uppercase();
    for letter in ('\0'..=char::MAX).filter(has_case).filter(|letter| *letter != 'ı') {
        let text = letter.to_string();
        let folded = fold(&text);
        assert_eq!(fold(&text.to_lowercase()), folded, "{letter:?}");
        assert_eq!(fold(&text.to_uppercase()), folded, "{letter:?}");
        assert_eq!(fold(&folded), folded, "{letter:?}");
    }
}

#[test]
fn fold_ignores_case_width_composition_and_invisible_characters() {
    for [one, other] in [
        ["ADA", "ada"],
        ["Ünal", "u\u{308}NAL"],
        ["ΟΔΥΣΣΕΥΣ", "οδυσσευς"],
        ["Straße", "STRASSE"],
        ["ＡＤＡ", "ada"],
        ["ｶﾞ", "ガ"],
        ["a\u{200b}da\u{feff}", "ada"],
        ["\u{202e}ada", "ada"],
        ["❤\u{fe0f}", "❤"],
        ["a\u{a0}b", "A b"],
        ["İ", "i\u{307}"],
    ] {
        assert_eq!(fold(one), fold(other));
    }
    for [one, other] in [["ı", "i"], ["e", "é"], ["ab", "a b"], ["а", "a"]] {
        assert_ne!(fold(one), fold(other));
    }
}

#[test]
fn line_loses_what_nobody_sees_and_keeps_what_changes_its_look() {
    for (typed, stored) in [
        ("u\u{308}", "ü"),
        ("A\u{200b}d\u{2060}a\u{feff}", "Ada"),
        ("\u{202e}adA\u{202c}", "adA"),
        ("\u{2067}Ada\u{2069}\u{200f}", "Ada"),
        ("Ada\u{200d}", "Ada"),
        ("\u{200b}\u{3164}", ""),
        ("\u{fe0f}", ""),
        ("\u{2800}\u{200b}\u{2800}", ""),
        ("⠓⠊\u{2800}⠓⠊", "⠓⠊\u{2800}⠓⠊"),
        ("👨\u{200d}👩\u{200d}👧", "👨\u{200d}👩\u{200d}👧"),
        ("❤\u{fe0f}", "❤\u{fe0f}"),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        (
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ),
        ("²", "²"),
    ] {
        assert_eq!(line(typed), stored, "{typed:?}");
    }
}

#[test]
fn url_is_read_as_it_is_copied() {
    for (typed, stored) in [
        (" https://a.example/p\u{200b}\r\n", "https://a.example/p"),
        ("\u{feff}https://a.example\u{a0}", "https://a.example"),
        ("https://a.example/\u{202e}gnp.a", "https://a.example/gnp.a"),
        ("https://a.example/👩\u{200d}🚀", "https://a.example/👩\u{200d}🚀"),
        ("https://bücher.example/ä", "https://bücher.example/ä"),
        ("a b", "a b"),
    ] {
        assert_eq!(url(typed), stored, "{typed:?}");
        assert_eq!(url(&url(typed)), stored);
    }
}

#[test]
fn code_is_read_as_it_is_copied() {
    for text in [
        "123456",
        "123 456",
        " 123456\r\n",
        "123-456",
        "123–456",
        "123\u{a0}456",
        "１２３４５６",
        "١٢٣٤٥٦",
        "۱۲۳۴۵۶",
        "१२३४५६",
        "𝟏𝟐𝟑𝟒𝟓𝟔",
        "\u{200b}123\u{feff}456.",
        "1.2.3.4.5.6",
        "“123456”",
        "«\u{a0}123456\u{a0}»",
        "`123456`",
        "123,456",
        "123'456",
        "123_456;",
        "• 123456",
        "(123456)",
        "「123456」",
        "*123456*",
    ] {
        assert_eq!(*code(text), "123456", "{text:?}");
    }
    let dashes = ["-", "‐", "‑", "‒", "–", "—", "−", "－", "﹣", "ー", "", " - ", "\u{ad}", "."];
    for dash in dashes {
        assert_eq!(*code(&format!("abcde{dash}FGHJK.")), "ABCDEFGHJK", "{dash:?}");
    }
    assert_eq!(*code("ＡＢＣＤＥ－ｆｇｈｊｋ"), "ABCDEFGHJK");
    for quoted in ["\"ABCDE-FGHJK\"", "'abcde fghjk',", "ABCDE-FGHJK;", "- ABCDE‐FGHJK"] {
        assert_eq!(*code(quoted), "ABCDEFGHJK", "{quoted}");
    }
    for (text, kept) in [("12345a", "12345A"), ("12345\0", "12345\0"), ("+12345", "+12345")] {
        assert_eq!(*code(text), kept);
    }
    assert_eq!(code(&"1".repeat(100)).len(), LONGEST_CODE);
}

#[test]
fn every_digit_of_every_script_is_read() {
    let digits = ('\0'..=char::MAX)
        .filter(|letter| GeneralCategory::for_char(*letter) == GeneralCategory::DecimalNumber);
    let values: Vec<_> = digits.map(|letter| ascii_digit(letter).unwrap()).collect();
    assert!(values.len() > 600);
    assert!(values.chunks(10).all(|ten| ten.iter().collect::<String>() == "0123456789"));
}

#[test]
fn address_is_cleaned_of_what_is_copied_with_it() {
    for (typed, stored) in [
        ("Ada@Example.org", "Ada@Example.org"),
        (" \u{a0}ada@example.org\u{200b}\r\n", "ada@example.org"),
        ("mailto:ada@example.org", "ada@example.org"),
        ("MAILTO:ada%2Bx@example.org?subject=hi", "ada+x@example.org"),
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "ada@example.org"),
        ("a\u{200b}da@exam\u{ad}ple.org", "ada@example.org"),
        ("mu\u{308}ller@example.org", "müller@example.org"),
        ("ada@bücher.example", "ada@bücher.example"),
        ("a b@example.org", "a b@example.org"),
        ("mailto:%ff@example.org", "%ff@example.org"),
        ("", ""),
    ] {
        assert_eq!(address::clean(typed), stored, "{typed:?}");
    }
}

#[test]
fn address_has_one_form_for_comparison() {
    for [one, other] in [
        ["Ada@Example.org", "ADA@EXAMPLE.ORG"],
        ["MÜLLER@example.org", "mu\u{308}ller@example.org"],
        ["ada@bücher.example", "ada@xn--bcher-kva.example"],
        ["ada@BÜCHER.example", "ada@bu\u{308}cher.example"],
        ["ada@example.org.", "ada@example.org"],
        ["ada@example。org", "ada@example.org"],
        ["mailto:ada@example.org", " Ada@example.org"],
        ["ada@[192.0.2.1]", "ADA@[192.0.2.1]"],
        ["ada@xn--a.example", "ada@XN--A.example"],
    ] {
        assert_eq!(address::fold(one), address::fold(other));
    }
    for [one, other] in [
        ["ada@straße.example", "ada@strasse.example"],
        ["ada@example.org", "ada+x@example.org"],
        ["a.da@example.org", "ada@example.org"],
        ["mıke@example.org", "mike@example.org"],
    ] {
        assert_ne!(address::fold(one), address::fold(other));
    }
}
