//! A small W3C WebDriver client for one web view.
//!
//! Only what the journeys use. `tauri-driver` is left out on purpose: on Linux it renames one capability and sets one
//! variable, both of which are done here.

use std::{
    fs::File,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// The name under which the protocol hands an element around.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A driver process with its one session. It ends when dropped; the app is the stage's to end.
pub(crate) struct Driver {
    process: Child,
    http: Client,
    session: String,
}

impl Driver {
    /// Starts a driver with the stage's environment and lets it start the app; what both say goes into `log`.
    pub(crate) async fn start(app: &Path, log: File, environment: impl FnOnce(&mut Command)) -> Self {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).stdin(Stdio::null());
        command
            .stdout(log.try_clone().expect("a second hold on the log"))
            .stderr(log);
        environment(&mut command);
        // The app lets itself be driven only when it is told so.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        let process = command
            .spawn()
            .expect("WebKitWebDriver starts (`cargo xtask test` installs it)");
        let http = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(90))
            .build()
            .expect("an HTTP client");
        let mut driver = Self {
            process,
            http,
            session: format!("http://127.0.0.1:{port}"),
        };
        crate::until("the driver to listen", async || driver.ready().await.then_some(())).await;
        let wish = json!({"capabilities": {"alwaysMatch": {
            "webkitgtk:browserOptions": {"binary": app, "args": []},
            "timeouts": {"script": 30_000, "pageLoad": 60_000, "implicit": 0},
        }}});
        let session = driver
            .call(Method::POST, "session", Some(wish))
            .await
            .expect("the app opens its window");
        let id = session["sessionId"].as_str().expect("a session has an id");
        driver.session = format!("{}/session/{id}", driver.session);
        driver
    }

    /// Runs the body of a function in the page and gives what it returns; a promise is awaited by the driver.
    pub(crate) async fn script(&self, body: &str, arguments: &[Value]) -> Result<Value, String> {
        let script = json!({"script": body, "args": arguments});
        self.call(Method::POST, "execute/sync", Some(script)).await
    }

    /// Clicks as a pointer does: it fails where something else lies on top.
    pub(crate) async fn click(&self, css: &str) -> Result<(), String> {
        let element = self.find(css).await?;
        self.call(Method::POST, &format!("element/{element}/click"), Some(json!({})))
            .await?;
        Ok(())
    }

    /// Types into an element, key by key.
    pub(crate) async fn keys(&self, css: &str, text: &str) -> Result<(), String> {
        let element = self.find(css).await?;
        let body = json!({"text": text});
        self.call(Method::POST, &format!("element/{element}/value"), Some(body))
            .await?;
        Ok(())
    }

    /// Presses and releases one key, wherever the focus is.
    pub(crate) async fn press(&self, key: char) -> Result<(), String> {
        let stroke = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": stroke}]});
        self.call(Method::POST, "actions", Some(body)).await?;
        Ok(())
    }

    /// Presses a key while another one is held.
    pub(crate) async fn chord(&self, held: char, key: char) -> Result<(), String> {
        let strokes = json!([
            {"type": "keyDown", "value": held}, {"type": "keyDown", "value": key},
            {"type": "keyUp", "value": key}, {"type": "keyUp", "value": held},
        ]);
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]});
        self.call(Method::POST, "actions", Some(body)).await?;
        Ok(())
    }

    /// Presses the pointer at one place and lets it go at another, in steps as a hand moves.
    pub(crate) async fn drag(&self, from: (i64, i64), to: (i64, i64)) -> Result<(), String> {
        let go =
            |(x, y): (i64, i64), duration: u32| json!({"type": "pointerMove", "duration": duration, "x": x, "y": y});
        let between = |part: i64| (from.0 + (to.0 - from.0) * part / 4, from.1 + (to.1 - from.1) * part / 4);
        let mut strokes = vec![go(from, 0), json!({"type": "pointerDown", "button": 0})];
        strokes.extend((1..=4).map(|part| go(between(part), 60)));
        strokes.extend([go(to, 60), json!({"type": "pointerUp", "button": 0})]);
        let body = json!({"actions": [{
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": strokes,
        }]});
        self.call(Method::POST, "actions", Some(body)).await?;
        Ok(())
    }

    /// The window's inside as a PNG, in base64.
    pub(crate) async fn screenshot(&self) -> Result<String, String> {
        let picture = self.call(Method::GET, "screenshot", None).await?;
        picture
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| "no picture".to_owned())
    }

    /// Sets the window's outer size in pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> Result<(), String> {
        let body = json!({"width": width, "height": height});
        self.call(Method::POST, "window/rect", Some(body)).await?;
        Ok(())
    }

    async fn find(&self, css: &str) -> Result<String, String> {
        let body = json!({"using": "css selector", "value": css});
        let found = self.call(Method::POST, "element", Some(body)).await?;
        found[ELEMENT]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("no {css}"))
    }

    async fn ready(&self) -> bool {
        let status = self.call(Method::GET, "status", None).await;
        status.is_ok_and(|status| status["ready"] == true)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request = self.http.request(method, format!("{}/{path}", self.session));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|error| format!("{path}: {error}"))?;
        let well = answer.status().is_success();
        let mut answer: Value = answer.json().await.map_err(|error| format!("{path}: {error}"))?;
        let value = answer["value"].take();
        if well {
            return Ok(value);
        }
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(format!("{path}: {}: {}", text("error"), text("message")))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that was free a moment ago; the driver cannot pick one by itself.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
