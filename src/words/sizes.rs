//! Numbers of bytes, as the readers of each language write them.

use super::Language;

impl Language {
    /// A number of bytes as people read it, never as more than it is.
    pub(crate) fn size(self, bytes: u32) -> String {
        let words = self.words();
        let (unit, factor) = if bytes < 1024 * 1024 { ("Ki", 1024) } else { ("Mi", 1024 * 1024) };
        let whole = bytes / factor;
        let tenth = u64::from(bytes % factor) * 10 / u64::from(factor);
        let point = words.decimal_point;
        let number = if tenth == 0 { whole.to_string() } else { format!("{whole}{point}{tenth}") };
        format!("{number}\u{a0}{unit}{}", words.byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_read_them() {
        for (bytes, english, french) in [
            (4_194_304, "4 MiB", "4 Mio"),
            (1024, "1 KiB", "1 Kio"),
            (1_048_575, "1023.9 KiB", "1023,9 Kio"),
            (1_048_576, "1 MiB", "1 Mio"),
            (5_000_000, "4.7 MiB", "4,7 Mio"),
            (16_777_216, "16 MiB", "16 Mio"),
        ] {
            let german = french.replace('o', "B");
            for (language, text) in [
                (Language::English, english),
                (Language::French, french),
                (Language::German, &german),
            ] {
                assert_eq!(language.size(bytes).replace('\u{a0}', " "), text);
            }
        }
    }
}
