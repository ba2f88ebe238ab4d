//! What the tests share: a stand-in that is quick, a client, and a raw client that sees how a connection ends.

use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use simulator::{Limits, Options, Simulator};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

pub(crate) const KEY: &str = "sim-test";

/// Tasks of about 20 ms, repeatable, without limits.
pub(crate) fn quick() -> Options {
    Options {
        speed: 200.0,
        median: Duration::from_secs(4),
        seed: Some(5),
        limits: Limits::off(),
        ..Options::default()
    }
}

pub(crate) struct Desk {
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
}

impl Desk {
    pub(crate) async fn open() -> Desk {
        Desk::with(quick()).await
    }

    pub(crate) async fn with(options: Options) -> Desk {
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Desk {
            simulator: Simulator::start(options).await.unwrap(),
            client,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.base())
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> reqwest::Result<Response> {
        let request = self.client.request(method, self.url(path)).bearer_auth(KEY);
        match body {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }

    /// A POST whose answer is an envelope in HTTP 200.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let response = self.call(Method::POST, path, Some(body)).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.call(Method::GET, path, None).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    pub(crate) async fn generate(&self, body: &Value) -> Value {
        self.post("/api/v1/veo/generate", body).await
    }

    /// Buys a task; its id.
    pub(crate) async fn buy(&self, prompt: &str) -> String {
        let answer = self.generate(&json!({ "prompt": prompt })).await;
        assert_eq!(answer["code"], 200, "{answer}");
        answer["data"]["taskId"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn record(&self, task_id: &str) -> Value {
        self.get(&format!("/api/v1/veo/record-info?taskId={task_id}")).await
    }

    /// The `data` of a task's record once it has ended.
    pub(crate) async fn ended(&self, task_id: &str) -> Value {
        for _ in 0..400 {
            let record = self.record(task_id).await;
            if record["code"] == 200 && record["data"]["successFlag"] != 0 {
                return record["data"].clone();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("task {task_id} does not end");
    }

    /// Buys a task and waits for its link.
    pub(crate) async fn filmed(&self, prompt: &str) -> String {
        let task_id = self.buy(prompt).await;
        let data = self.ended(&task_id).await;
        data["response"]["resultUrls"][0].as_str().unwrap().to_owned()
    }

    pub(crate) async fn credit(&self) -> f64 {
        self.get("/api/v1/chat/credit").await["data"].as_f64().unwrap()
    }

    /// GETs a link with these extra headers and sees it through to the end of the connection.
    pub(crate) async fn fetch(&self, link: &str, headers: &[(&str, &str)]) -> Raw {
        let path = link
            .strip_prefix(&self.simulator.base())
            .expect("a link on the present base");
        let extra: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        self.raw(&format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{extra}\r\n"
        ))
        .await
    }

    /// POSTs a generation as bytes on a fresh connection.
    pub(crate) async fn raw_generate(&self, prompt: &str) -> Raw {
        let body = json!({ "prompt": prompt }).to_string();
        let head = format!(
            "POST /api/v1/veo/generate HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        self.raw(&(head + &body)).await
    }

    pub(crate) async fn raw(&self, request: &str) -> Raw {
        let address = self.simulator.base().trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(address).await.unwrap();
        if stream.write_all(request.as_bytes()).await.is_err() {
            // Reset before all of it was written.
            return Raw::parse(&[], End::Reset);
        }
        let mut bytes = Vec::new();
        let end = loop {
            let mut chunk = [0; 65536];
            match timeout(Duration::from_millis(1500), stream.read(&mut chunk)).await {
                Err(_) => break End::Silence,
                Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionReset => break End::Reset,
                Ok(Err(error)) => panic!("{error}"),
                Ok(Ok(0)) => break End::Closed,
                Ok(Ok(count)) => bytes.extend_from_slice(&chunk[..count]),
            }
        };
        Raw::parse(&bytes, end)
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
    /// Still open after a second and a half without a byte.
    Silence,
}

/// What came over the wire.
#[derive(Debug)]
pub(crate) struct Raw {
    /// 0: not even a head.
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

impl Raw {
    fn parse(bytes: &[u8], end: End) -> Raw {
        let Some(split) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            assert!(bytes.is_empty(), "half a head");
            return Raw {
                status: 0,
                headers: Vec::new(),
                body: Vec::new(),
                end,
            };
        };
        let head = String::from_utf8(bytes[..split].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Raw {
            status,
            headers,
            body: bytes[split + 4..].to_vec(),
            end,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The length the head promised.
    pub(crate) fn promised(&self) -> usize {
        self.header("content-length").expect("a length").parse().unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
