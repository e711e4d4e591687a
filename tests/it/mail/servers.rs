//! Mail servers as they are found: how they want to be greeted, and how they prove who they are.

use crate::harness::{Instance, MailServer, Mode, Ran};

const TEST: [&str; 3] = ["mail", "test", "ada@b.example"];

fn test(settings: &str) -> Ran {
    Instance::with(settings).run(&TEST, "")
}

/// Checks that a test mail fails with the server's address and these words.
#[track_caller]
fn fails(mails: &MailServer, settings: &str, words: &[&str]) {
    let ran = test(settings);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
    let server = format!("127.0.0.1:{} (mail.tls = ", mails.port);
    for words in words.iter().chain([&server.as_str()]) {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    assert!(ran.stderr.lines().count() < 4, "{}", ran.stderr);
}

#[test]
fn server_that_wants_a_full_name_is_greeted_by_one_or_by_an_address() {
    let mails = MailServer::start(Mode::Picky);
    for (server, hello) in [
        ("public_url = 'https://nox.example.org'", "nox.example.org"),
        ("public_url = 'http://192.168.1.5:53032'", "[192.168.1.5]"),
        ("public_url = 'http://[fd00::5]'", "[IPv6:fd00::5]"),
        ("public_url = 'http://127.0.0.1:39001'", "[127.0.0.1]"),
        ("public_url = 'http://nas'\naddress = 'nox.example.org:8443'", "nox.example.org"),
        ("public_url = 'http://nas'", "[127.0.0.1]"),
        ("", "[127.0.0.1]"),
    ] {
        let ran = test(&format!("{}[server]\n{server}", mails.settings()));
        assert_eq!(ran.status, 0, "{server}: {}", ran.stderr);
        let mail = mails.next_mail();
        assert_eq!(mail.hello(), hello, "{server}");
        assert!(mail.header("message-id").ends_with(&format!("@{hello}>")), "{mail:?}");
    }
    let ran = test(&format!("{}hello_name = 'out.example.org'", mails.settings()));
    assert_eq!((ran.status, mails.next_mail().hello()), (0, "out.example.org"));
    let ran = test(&format!("{}hello_name = 'nas'", mails.settings()));
    assert_eq!(ran.status, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("\"nas\" is not a full host name"), "{}", ran.stderr);
}

#[test]
fn self_signed_certificate_is_trusted_where_ca_file_holds_it() {
    let mails = MailServer::start(Mode::SelfSigned);
    let settings = mails.settings();
    let named = format!("{settings}ca_file = '{}'", mails.certificate().display());
    let ran = test(&named);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(mails.next_mail().is_encrypted());

    let words = ["is self-signed (\"CN=localhost\")", "for 127.0.0.1", "mail.ca_file"];
    fails(&mails, &settings, &words);
    // Another certificate of the same name, marked as an authority or not.
    for options in [&[][..], &["-addext", "basicConstraints=CA:FALSE"]] {
        let other = mails.other_certificate(options);
        fails(&mails, &format!("{settings}ca_file = '{}'", other.display()), &words);
    }
    // Only for the names that it is for.
    let ran = test(&named.replace("'127.0.0.1'", "'localhost'"));
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("is for 127.0.0.1 and not for localhost"), "{}", ran.stderr);
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn certificate_that_is_not_trusted_is_described() {
    let mails = MailServer::start(Mode::Tls);
    let words = ["signed by \"CN=An authority\"", "for 127.0.0.1", "mail.ca_file"];
    fails(&mails, &mails.with_tls("required"), &words);
    let mails = MailServer::start(Mode::StartTls);
    fails(&mails, &mails.with_tls("starttls"), &words);
    assert_eq!(mails.rest(), [""; 0]);
}

#[test]
fn tls_that_does_not_fit_the_server_is_named() {
    for mode in [Mode::Plain, Mode::StartTls] {
        let mails = MailServer::start(mode);
        let words = ["does not speak TLS from the start", "mail.tls = \"starttls\""];
        fails(&mails, &mails.with_tls("required"), &words);
    }
    let mails = MailServer::start(Mode::Plain);
    fails(&mails, &mails.with_tls("starttls"), &["offers no STARTTLS", "mail.tls = \"required\""]);
    // A server that speaks TLS from the start waits for its client.
    let mails = MailServer::start(Mode::Tls);
    for tls in ["starttls", "none"] {
        let settings = format!("{}timeout = '1s'", mails.with_tls(tls));
        fails(&mails, &settings, &["did not answer", "then mail.tls = \"required\" is right"]);
    }
}

#[test]
fn port_and_tls_that_contradict_each_other_are_told_at_once() {
    let of = |keys: &str| format!("[mail]\nhost = '127.0.0.1'\nfrom = 'n@b.example'\n{keys}");
    for (keys, meant) in [
        ("port = 465\ntls = 'starttls'", "mail.tls = \"required\""),
        ("port = 465\ntls = 'none'", "mail.tls = \"required\""),
        ("port = 587\ntls = 'required'", "mail.tls = \"starttls\""),
        ("port = 587\ntls = 'none'", "mail.tls = \"starttls\""),
        ("port = 25\ntls = 'required'", "mail.tls = \"starttls\""),
    ] {
        let instance = Instance::with(&of(keys));
        for (command, status) in [("config check", 0), ("mail test a@b.example", 1)] {
            let args: Vec<&str> = command.split(' ').collect();
            let ran = instance.run(&args, "");
            assert_eq!(ran.status, status, "{keys}: {}", ran.stderr);
            assert!(ran.stderr.contains(&format!("set {meant}")), "{keys}: {}", ran.stderr);
        }
        let found = instance.run(&["doctor"], "").stdout;
        assert!(found.contains(&format!("set {meant}")), "{keys}: {found}");
    }
    for keys in ["", "port = 465", "port = 465\ntls = ''", "port = 587", "port = 25\ntls = 'none'"]
    {
        let ran = Instance::with(&of(keys)).run(&["config", "check"], "");
        assert_eq!((ran.status, ran.stderr.contains("mail.tls")), (0, false), "{keys}");
    }
}
