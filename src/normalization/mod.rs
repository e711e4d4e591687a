//! The forms into which texts are brought where they come in. One text has many encodings, since
//! keyboards, browsers and clipboards differ: letters composed or decomposed (U+00FC, or `u` and
//! U+0308), in upper or lower case, in full width, and with invisible characters.
//!
//! | text | stored as | compared as |
//! | --- | --- | --- |
//! | password | a hash of [`nfc`] | the same |
//! | email address | [`address::clean`] | [`address::fold`] |
//! | username, id | the username's own alphabet | [`fold`] |
//! | name and other lines of a profile | [`line`] | [`fold`], in a search |
//! | URL of a profile | [`url`] | never |
//! | longer text | [`nfc`] | never |
//! | code | a hash of [`code`] | the same |

pub(crate) mod address;

use std::borrow::Cow;
use std::iter;

use icu_normalizer::{ComposingNormalizer, ComposingNormalizerBorrowed};
use icu_properties::props::{
    BinaryProperty, Dash, DefaultIgnorableCodePoint, EnumeratedProperty, GeneralCategory,
    GeneralCategoryGroup,
};
use zeroize::Zeroizing;

const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfc();
const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizer::new_nfkc();

/// Joins letters of Persian and the parts of an emoji.
const ZERO_WIDTH_JOINER: char = '\u{200d}';
/// Keeps letters of Persian apart.
const ZERO_WIDTH_NON_JOINER: char = '\u{200c}';
/// The long-vowel mark of Japanese, which is on the key of the dash.
const LONG_VOWEL_MARKS: [char; 2] = ['\u{30fc}', '\u{ff70}'];
/// A letter without dots, which people take for a name that looks empty.
const BLANK_OF_BRAILLE: char = '\u{2800}';
/// Codes have at most ten characters. Of a longer text, no more than this is read.
const LONGEST_CODE: usize = 16;

/// A text with composed letters: Unicode's form NFC (UAX #15).
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    NFC.normalize(text)
}

/// [`nfc`] of a secret, of which no copy stays in memory; `None` if the text is in NFC already.
pub(crate) fn nfc_of_secret(text: &str) -> Option<Zeroizing<String>> {
    if NFC.is_normalized(text) {
        return None;
    }
    // NFC takes at most three times as many bytes, so the text never moves while it grows.
    let mut normalized = Zeroizing::new(String::with_capacity(3 * text.len()));
    normalized.extend(NFC.normalize_iter(text.chars()));
    Some(normalized)
}

/// One line of a profile in NFC, without the invisible characters that make two names look like one
/// or turn the text around them (bidirectional controls). Those that change how letters and emoji
/// look stay.
pub(crate) fn line(text: &str) -> String {
    let shows = |letter: char| {
        // Joiners; variation selectors; letters of a flag; variation selectors of Mongolian.
        matches!(letter, ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0020}'..='\u{e01ef}' | '\u{180b}'..='\u{180f}')
            || !is_invisible(letter)
    };
    let visible: String = text.chars().filter(|letter| shows(*letter)).collect();
    // What is left beside the text shows nothing there, except behind an emoji.
    let is_joiner = |letter| matches!(letter, ZERO_WIDTH_JOINER | ZERO_WIDTH_NON_JOINER);
    let visible = visible.trim_matches(is_joiner);
    let shows_nothing = |letter| is_invisible(letter) || letter == BLANK_OF_BRAILLE;
    if visible.chars().all(shows_nothing) { String::new() } else { nfc(visible).into_owned() }
}

/// A URL as people copy it: without blanks and invisible characters around it, and without those
/// that turn the text around them.
pub(crate) fn url(text: &str) -> String {
    let is_bidirectional = |letter: &char| {
        matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}')
    };
    trim(text).chars().filter(|letter| !is_bidirectional(letter)).collect()
}

/// A text without the blanks and the invisible characters around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || is_invisible(letter))
}

/// The secret at the end of a link as people copy it: without blanks around it, and without what a
/// sentence has behind it.
pub(crate) fn secret_of_link(text: &str) -> &str {
    let is_of_secret = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    trim(text).trim_end_matches(|letter| !is_of_secret(letter))
}

/// The form in which names are compared: without differences of case, width, composition, and
/// invisible characters (Unicode's `toNFKC_Casefold`). Blanks become spaces.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let once: String = fold_once(text).collect();
    let twice: String = fold_once(&once).collect();
    // A few letters fold into ones that compose with the next.
    fold_once(&twice).collect()
}

/// [`fold`] of a secret, of which no copy stays in memory.
pub(crate) fn fold_secret(text: &str) -> Zeroizing<String> {
    let mut folded = Zeroizing::new(text.to_owned());
    for _ in 0..3 {
        // The length is known first, so that the text never moves while it grows.
        let length = fold_once(&folded).map(char::len_utf8).sum();
        let mut next = Zeroizing::new(String::with_capacity(length));
        next.extend(fold_once(&folded));
        folded = next;
    }
    folded
}

fn fold_once(text: &str) -> impl Iterator<Item = char> {
    let letters = NFKC.normalize_iter(text.chars()).filter(|letter| !is_invisible(*letter));
    NFKC.normalize_iter(letters.flat_map(fold_case))
}

/// The case folding of a letter: that of its upper case, since some lower-case letters have two
/// forms. The dotless i of Turkish is a letter of its own, though its upper case is that of i.
fn fold_case(letter: char) -> impl Iterator<Item = char> {
    let upper = (letter != 'ı').then(|| letter.to_uppercase().flat_map(char::to_lowercase));
    let own = upper.is_none().then_some(letter);
    upper.into_iter().flatten().chain(own)
}

/// The digits and letters of a code as people copy it: without blanks, dashes, quotation marks and
/// other punctuation, in upper case, with the digits of every script as ASCII. What is no code
/// keeps a character that no code has.
pub(crate) fn code(text: &str) -> Zeroizing<String> {
    let mut code = Zeroizing::new(String::with_capacity(4 * LONGEST_CODE));
    let letters = NFKC.normalize_iter(text.chars()).filter(|letter| !is_separator(*letter));
    code.extend(
        // What a blank has kept apart may compose now.
        NFC.normalize_iter(letters)
            .take(LONGEST_CODE)
            .map(|letter| ascii_digit(letter).unwrap_or(letter).to_ascii_uppercase()),
    );
    code
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || is_invisible(letter)
        || Dash::for_char(letter)
        || LONG_VOWEL_MARKS.contains(&letter)
        // Unicode counts them as symbols.
        || matches!(letter, '`' | '´')
        || GeneralCategoryGroup::Punctuation.contains(GeneralCategory::for_char(letter))
}

/// The ASCII digit for a decimal digit of any script. Unicode puts the ten digits of a script in
/// order.
fn ascii_digit(letter: char) -> Option<char> {
    let is_digit = |code_point: &u32| {
        char::from_u32(*code_point)
            .is_some_and(|c| GeneralCategory::for_char(c) == GeneralCategory::DecimalNumber)
    };
    let value = u32::from(letter);
    let before = iter::successors(value.checked_sub(1), |at| at.checked_sub(1));
    is_digit(&value).then(|| before.take_while(is_digit).count() % 10).and_then(|digit| {
        let digit = u32::try_from(digit).ok()?;
        char::from_digit(digit, 10)
    })
}

/// Whether a character shows nothing, not even a blank.
fn is_invisible(letter: char) -> bool {
    DefaultIgnorableCodePoint::for_char(letter)
}

#[cfg(test)]
mod tests;
