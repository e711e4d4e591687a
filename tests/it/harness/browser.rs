//! A browser without scripts.

use super::{Answer, Client, PASSWORD, Server};

/// A browser: it keeps cookies, and fills in the forms of the page that it was shown last.
pub struct Browser {
    client: Client,
    pub cookies: Vec<(String, String)>,
    /// The page that is shown.
    pub page: String,
}

impl Browser {
    pub fn new(server: &Server) -> Self {
        Self { client: server.client(), cookies: Vec::new(), page: String::new() }
    }

    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.send_bytes(method, path, headers, body.as_bytes())
    }

    fn send_bytes(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let answer = self.client.send(
            method,
            path,
            &[headers, &[("Cookie", cookies.as_str())]].concat(),
            body,
        );
        for header in answer.headers.get_all("set-cookie") {
            let (name, value) =
                header.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.into(), value.into()));
            }
        }
        self.page.clone_from(&answer.text);
        answer
    }

    /// Opens a page. A fragment stays in the browser.
    pub fn get(&mut self, url: &str) -> Answer {
        let (path, _) = url.split_once('#').unwrap_or((url, ""));
        self.send("GET", path, &[], "")
    }

    /// The token that the page's forms carry.
    pub fn token(&self) -> String {
        let rest = self.page.split_once("name=\"token\" value=\"").expect("a form").1;
        rest.split('"').next().unwrap().into()
    }

    /// What a field of the page holds; `None` where it has none of that name.
    pub fn value(&self, name: &str) -> Option<String> {
        let rest = self.page.split_once(&format!("name=\"{name}\""))?.1;
        let tag = rest.split_once('>')?.0;
        Some(tag.split_once(" value=\"")?.1.split('"').next()?.into())
    }

    /// The secret of an authenticator app that the page shows.
    pub fn secret(&self) -> String {
        let rest = self.page.split_once("<code id=\"secret\">").expect("a secret").1;
        rest.split('<').next().unwrap().replace(' ', "")
    }

    /// Submits a form of the page that is shown.
    pub fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        self.submit_with(path, &token, &[], fields)
    }

    pub fn submit_with(
        &mut self,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Answer {
        let fields = [&[("token", token)], fields].concat();
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        // Our pages send no referrer, and so browsers send this with their forms.
        let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "null")];
        let headers =
            if headers.is_empty() { form.to_vec() } else { [&form[..1], headers].concat() };
        self.send("POST", path, &headers, &body)
    }

    /// Submits the form with the picture, as browsers write forms with files.
    pub fn submit_file(&mut self, path: &str, (name, content): (&str, &[u8])) -> Answer {
        let token = self.token();
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n\
             --limit\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--limit--\r\n"].concat();
        self.send_bytes(
            "POST",
            path,
            &[("Content-Type", "multipart/form-data; boundary=limit")],
            &body,
        )
    }

    pub fn log_in(&mut self, name: &str) -> Answer {
        self.get("/login");
        self.submit("/login", &[("identifier", name), ("password", PASSWORD)])
    }
}
