//! Programs, as people call them.

use super::{Language, fill_named};

/// By what a user agent shows its browser, and what people call it. The first that is found counts,
/// since browsers also name those that they resemble.
const BROWSERS: [(&str, &str); 5] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];
/// How much of an unknown program's name is shown. It may hold anything.
const MAX_CHARS: usize = 40;

impl Language {
    /// What people would call the program of a user agent: browser and system where it tells them,
    /// else its first word.
    pub(crate) fn program(self, agent: Option<&str>) -> String {
        let words = &self.words().pages;
        let agent = agent.unwrap_or_default();
        let find = |marks: &[(&str, &'static str)]| {
            marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
        };
        match (find(&BROWSERS), find(&SYSTEMS), agent.split_whitespace().next()) {
            (Some(program), Some(system), _) => {
                fill_named(words.program_on_system, &[("program", program), ("system", system)])
            }
            (Some(program), None, _) => program.into(),
            (None, _, Some(word)) => {
                let mut letters = word.chars();
                let start: String = letters.by_ref().take(MAX_CHARS).collect();
                if letters.next().is_some() { start + "…" } else { start }
            }
            (None, _, None) => words.unknown_device.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_agent_is_told_in_words() {
        const LINUX: &str =
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, \
            like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0";
        const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) \
            AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
        for (agent, english, french, german) in [
            (LINUX, "Firefox on Linux", "Firefox sous Linux", "Firefox unter Linux"),
            (EDGE, "Edge on Windows", "Edge sous Windows", "Edge unter Windows"),
            (IPHONE, "Safari on iPhone", "Safari sous iPhone", "Safari unter iPhone"),
            ("Firefox/1", "Firefox", "Firefox", "Firefox"),
            (
                "UnityPlayer/2022.3 (x)",
                "UnityPlayer/2022.3",
                "UnityPlayer/2022.3",
                "UnityPlayer/2022.3",
            ),
            (" ", "Unknown device", "Appareil inconnu", "Unbekanntes Gerät"),
        ] {
            let all = [Language::English, Language::French, Language::German];
            assert_eq!(
                all.map(|language| language.program(Some(agent))),
                [english, french, german]
            );
        }
        let long = Language::English.program(Some(&"é".repeat(9000)));
        assert_eq!(long, "é".repeat(40) + "…");
        assert_eq!(Language::English.program(None), "Unknown device");
    }
}
