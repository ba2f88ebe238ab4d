//! The program `kie-simulator`: its first line, its arguments, its exit code.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

struct Program {
    child: Child,
    base: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Program {
        let mut child = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut base = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut base)
            .unwrap();
        Program {
            child,
            base: base.trim_end_matches('\n').to_owned(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kie-simulator"));
    command.args(arguments);
    command
}

fn failed(arguments: &[&str]) -> Output {
    let output = command(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    output
}

async fn generate(base: &str, prompt: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(format!("{base}/api/v1/veo/generate"))
        .bearer_auth("sim-key");
    request
        .json(&json!({ "prompt": prompt }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

#[tokio::test]
async fn the_first_line_is_the_base_alone_and_a_killed_program_keeps_its_tasks() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.jsonl");
    let common = [
        "--port",
        "0",
        "--speed",
        "500",
        "--seed",
        "3",
        "--median",
        "30",
        "--state",
        state.to_str().unwrap(),
    ];
    let program = Program::start(&[&common[..], &["--balance", "100", "--fault", "refuse-422=1x1"]].concat());
    let port = program.base.strip_prefix("http://127.0.0.1:").unwrap();
    assert!(port.parse::<u16>().unwrap() > 0);
    assert_eq!(generate(&program.base, "a fox").await["code"], 422, "by rate, once");
    let id = generate(&program.base, "a fox").await["data"]["taskId"].clone();
    assert!(id.is_string());
    assert_eq!(
        generate(&program.base, "a fox").await["code"],
        402,
        "40 credits are left"
    );
    drop(program);

    let program = Program::start(&[&common[..], &["--no-limits"]].concat());
    let ledger = reqwest::get(format!("{}/simulator/ledger", program.base))
        .await
        .unwrap();
    let ledger: Value = ledger.json().await.unwrap();
    assert_eq!(
        (&ledger["accepted"][0]["task_id"], &ledger["balance"]),
        (&id, &json!(40.0))
    );
}

#[test]
fn what_cannot_start_says_why_and_exits_with_2() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = String::from_utf8(failed(&["--port", &port]).stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains(&format!("port {port}")) && said.contains("taken"),
        "{said}"
    );
    for wrong in [
        ["--speed", "0"],
        ["--fault", "lost-reply"],
        ["--fault", "nonsense=1"],
        ["--fault", "reset=2"],
    ] {
        failed(&wrong);
    }
}
