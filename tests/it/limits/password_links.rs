//! Requests for a link that sets a password: every name gets the same answer in the same time, and
//! no mailbox is flooded.

use std::thread;
use std::time::Duration;

use crate::harness::{Answer, Browser, Builder, Client, TestApp, percentile, wait_until, watch};

const ASKED: &str = "/reset?done=link";
const LINK: &str = "A new password for Nox";

/// Asks for a link from another network each time.
struct Asker {
    client: Client,
    cookie: String,
    token: String,
    asked: u32,
}

impl Asker {
    fn new(app: &TestApp) -> Self {
        let mut browser = app.browser();
        let cookie = browser.get("/reset").cookie();
        Self { client: app.client(), cookie, token: browser.token(), asked: 0 }
    }

    fn ask(&mut self, name: &str) -> Answer {
        self.asked += 1;
        let [_, high, middle, low] = self.asked.to_be_bytes();
        let from = format!("10.{high}.{middle}.{low}");
        let fields = [("token", self.token.as_str()), ("identifier", name)];
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Cookie", self.cookie.as_str()),
            ("X-Forwarded-For", from.as_str()),
        ];
        self.client.send("POST", "/reset", &headers, body.as_bytes())
    }
}

/// Accounts of each kind that a request may name.
fn kinds() -> Builder {
    let builder = ["unconfirmed", "without", "disabled", "locked"]
        .into_iter()
        .fold(TestApp::builder().mail(), Builder::user);
    builder
        .nox("user set unconfirmed --email unconfirmed@b.example")
        .nox("user set disabled --email disabled@b.example --verified true")
        .nox("user disable disabled --until 2d")
}

const KINDS: [&str; 12] = [
    "ada",
    "ADA@b.example",
    "1",
    "unconfirmed",
    "unconfirmed@b.example",
    "without",
    "disabled",
    "nobody",
    "nobody@b.example",
    "4000000000",
    "' OR 1=1 --",
    "",
];

#[test]
fn answer_is_the_same_for_every_name() {
    let app = kinds().serve();
    let mut asker = Asker::new(&app);
    let answers = KINDS.map(|name| {
        let answer = asker.ask(name);
        let mut headers: Vec<String> =
            answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        headers.retain(|header| !header.starts_with("date: "));
        headers.sort();
        format!("{} {headers:?} {}", answer.status, answer.text)
    });
    for (answer, name) in answers.iter().zip(KINDS) {
        assert!(answer.contains(ASKED), "{answer}");
        assert_eq!(*answer, answers[0], "{name}");
    }
}

/// The order of a turn. A request is quicker after one that left work behind: in as many turns as
/// there are kinds, each kind comes once after each other one (Williams 1949).
fn in_turn(turn: usize) -> impl Iterator<Item = usize> {
    let zigzag =
        |place: usize| if place % 2 == 1 { place.div_ceil(2) } else { KINDS.len() - place / 2 };
    (0..KINDS.len()).map(move |place| (zigzag(place) + turn) % KINDS.len())
}

#[test]
#[ignore = "measures"]
fn answer_takes_the_same_time_for_every_name() {
    let app = kinds().serve();
    let mut asker = Asker::new(&app);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let mut times = KINDS.map(|_| Vec::new());
        for turn in 0..4 * KINDS.len() {
            for index in in_turn(turn) {
                app.instance.sql("DELETE FROM rate_limits WHERE kind LIKE 'mailed%'");
                let started = watch();
                asker.ask(KINDS[index]).leads(ASKED);
                times[index].push(started.elapsed());
                // The work that follows the answer must not weigh on the next one.
                thread::sleep(Duration::from_millis(100));
            }
        }
        let medians = times.each_mut().map(|times| percentile(times, 50));
        let (least, most) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
        if most.as_secs_f64() / least.as_secs_f64() - 1.0 < 0.1 {
            return;
        }
        seen.push(medians);
    }
    panic!("{seen:?} of {KINDS:?}");
}

#[test]
fn account_gets_three_mails_a_day_and_one_a_minute() {
    let app = TestApp::builder().mail().serve();
    let mut asker = Asker::new(&app);
    let links = || -> u32 {
        let query = "SELECT count(*) FROM audit WHERE event = 'password_link.made'";
        app.instance.database().query_row(query, [], |row| row.get(0)).unwrap()
    };
    for count in [1, 2, 3, 3, 3] {
        for _ in 0..40 {
            asker.ask("ada").leads(ASKED);
        }
        wait_until("the link is made", || links() >= count.min(3));
        app.instance.reset_short_limits();
    }
    assert_eq!(links(), 3);
    assert_eq!(app.rest(), [LINK; 3]);
}

fn ask(browser: &mut Browser, name: &str) -> Answer {
    browser.get("/reset");
    browser.submit("/reset", &[("identifier", name)])
}

#[test]
fn thousand_requests_for_one_account_and_for_a_thousand_mail_little() {
    let app = TestApp::builder().mail().serve();
    app.instance.add_crowd(1000);
    app.instance.sql(
        "UPDATE users SET email = username || '@b.example', email_folded = username
        || '@b.example', email_verified = 1 WHERE username LIKE 'usr%'",
    );
    let mut asker = Asker::new(&app);
    for _ in 0..1000 {
        asker.ask("ada").leads(ASKED);
    }
    let mut browser = app.browser();
    let answers: Vec<_> =
        (1..=1000).map(|n| ask(&mut browser, &format!("usr{n}")).status).collect();
    assert_eq!(answers[..10], [303; 10]);
    assert_eq!(answers[10..], [429; 990], "ten an hour from one network");
    assert!(browser.page.contains("Too many attempts"), "{}", browser.page);
    assert_eq!(browser.value("identifier").as_deref(), Some("usr1000"), "what was typed is kept");
    let locked = app.nox("throttle list");
    assert!(locked.starts_with("password link\t-\t127.0.0.1\t10\t"), "{locked}");
    app.nox("throttle clear 127.0.0.1");
    ask(&mut browser, "nobody").leads(ASKED);
    assert_eq!(app.rest(), [LINK; 11]);
}
