//! Where keys are kept, and that none ever comes to the page.
//!
//! The service of the second journey answers every call by repeating the key it was sent, in several dresses; what the
//! page hears, shows and stores is searched for it, and so are its processes and everything on the disk.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use window::{Board, Language, Stage};

use crate::first_start::english_words;
use crate::words::{add_task, start_all};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_user_chooses_and_may_choose_anew() {
    let stage = Stage::new("keep").speaking(Language::Chinese).against(&echo());
    let board = stage.open().await;
    board.write("first-key-input", "sim-keep-journey-0042").await;
    board.click("first-key-save").await;
    board.see("ask-keep").await;
    let words = english_words(&board.all_text().await);
    assert!(words.is_empty(), "English left in the question: {words:?}");
    // Rather not: nothing is kept, and what was typed is still there.
    board.click("keep-cancel").await;
    board.see("first-key-input").await;
    assert!(!everything(&stage.data()).contains("sim-keep-journey"));

    board.click("first-key-save").await;
    board.click("keep-session").await;
    board.click("first-key-anyway").await;
    board.see("board").await;
    assert!(!everything(&stage.data()).contains("sim-keep-journey"));
    board.click("settings").await;
    let place =
        |place: &str, state: &str| format!("[data-testid='key-place'][data-place='{place}'][data-state='{state}']");
    board.see_css(&place("session", "ready")).await;
    let words = english_words(&board.all_text().await);
    assert!(words.is_empty(), "English left in the settings: {words:?}");
    board
        .click_css("[data-testid='keeping-choice'] label:nth-child(2)")
        .await;
    board.see_css(&place("file", "ready")).await;
    assert!(everything(&stage.data()).contains("sim-keep-journey"));
    board
        .click_css("[data-testid='keeping-choice'] label:nth-child(1)")
        .await;
    board.see_css(&place("session", "ready")).await;
    assert!(!everything(&stage.data()).contains("sim-keep-journey"));
    board.kill().await;

    // Another start: the name is there, the key is not, and one prompt brings it back.
    let board = stage.open().await;
    board.click("settings").await;
    board.see_css(&place("session", "again")).await;
    board.click("key-again-open").await;
    board.write("key-again-secret", "sim-keep-journey-0042").await;
    board.click("key-again-save").await;
    board.see_css(&place("session", "ready")).await;
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_never_comes_to_the_page() {
    let key = canary();
    let stage = Stage::new("canary").against(&echo()).with_keychain();
    let board = stage.open().await;
    listen_in(&board).await;
    board.write("first-key-input", &key).await;
    board.click("first-key-save").await;
    // The service refuses in words that hold the key.
    board.see("first-key-problem").await;
    board.click("first-key-anyway").await;
    board.see("board").await;
    use_it(&board).await;
    search(&stage, &board, &key, "typed in this run").await;
    let typed = in_memory_of_the_page(&stage, &key);
    board.kill().await;

    // The next start reads it from its seal: the page's own process never had it, not even for typing.
    let board = stage.open().await;
    listen_in(&board).await;
    use_it(&board).await;
    search(&stage, &board, &key, "sealed").await;
    let sealed = in_memory_of_the_page(&stage, &key);
    println!(
        "the key in the page's process: {typed:?} times after it was typed there, {sealed:?} times in the next start"
    );
    assert_eq!(sealed.unwrap_or(0), 0, "the web view's memory");
    board.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_the_environment_is_not_handed_on() {
    let key = canary();
    let stage = Stage::new("environment").against(&echo()).with_key(&key);
    let board = stage.open().await;
    listen_in(&board).await;
    use_it(&board).await;
    search(&stage, &board, &key, "from the environment").await;
    board.close().await;
}

/// A key that stands nowhere else.
fn canary() -> String {
    let random: String = std::fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap();
    format!("sim-canary-{}", random.trim().replace('-', ""))
}

/// Reads all that reaches the page: answers, errors and messages of channels go through one map of callbacks.
async fn listen_in(board: &Board) {
    let hook = "
        if (window.heard) return;
        window.heard = [];
        const { callbacks } = window.__TAURI_INTERNALS__;
        const get = callbacks.get.bind(callbacks);
        callbacks.get = (id) => {
            const callback = get(id);
            return callback && ((data) => {
                window.heard.push(JSON.stringify(data) ?? '');
                return callback(data);
            });
        };";
    board.run(hook, &[]).await;
}

/// A shot that the service refuses with the key in its words, and the settings with a test of the key.
async fn use_it(board: &Board) {
    let prompt = "A heron at the weir";
    if !board.all_text().await.contains(prompt) {
        add_task(board, prompt).await;
        start_all(board).await;
    }
    board.see_css("[data-testid='card'][data-state='failed']").await;
    board.click_css("[data-testid='card'][data-state='failed']").await;
    board.see("inspector").await;
    board.escape().await;
    board.click("settings").await;
    board.see("keys-section").await;
    if board.shows("key-test").await {
        board.click("key-test").await;
        board.see("key-answer").await;
    }
}

async fn search(stage: &Stage, board: &Board, key: &str, when: &str) {
    let page = "
        const fields = [...document.querySelectorAll('input, textarea, select')].map((field) => field.value);
        const stored = [localStorage, sessionStorage].map((store) => JSON.stringify({ ...store }));
        const asked = performance.getEntries().map((entry) => entry.name);
        return [document.documentElement.outerHTML, ...fields, ...stored, ...asked, document.cookie, location.href].join('\\n')";
    let page = board.run(page, &[]).await;
    let heard = board.run("return window.heard.join('\\n')", &[]).await;
    let heard = heard.as_str().unwrap();
    assert!(heard.len() > 500, "the page was listened to: {} bytes", heard.len());
    for (what, text) in [
        ("the page", page.as_str().unwrap().to_owned()),
        ("messages to the page", heard.to_owned()),
        ("the data directory", everything(&stage.data())),
        ("the home", everything(&stage.home())),
        ("what was said", stage.said()),
    ] {
        for form in forms(key) {
            assert!(!text.contains(&form), "{when}: {what} holds {form}");
        }
    }
    let processes = stage.processes();
    assert!(
        processes.iter().any(|(_, program)| program.contains("WebKitWeb")),
        "{processes:?}"
    );
    for (process, program) in processes {
        for file in ["environ", "cmdline"] {
            // The app's own environment is as whoever started it gave it; no process can change how it began.
            if file == "environ" && program == "shotboard" {
                continue;
            }
            let text = std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(!text.contains(key), "{when}: {file} of {program}");
        }
    }
}

/// How often the key lies in the memory of the web view's processes; `None` where memory may not be read.
fn in_memory_of_the_page(stage: &Stage, key: &str) -> Option<usize> {
    let wide: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut count = None;
    for (process, program) in stage.processes() {
        if !program.contains("WebKitWeb") {
            continue;
        }
        let Ok(mut memory) = std::fs::File::open(format!("/proc/{process}/mem")) else {
            continue;
        };
        let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default();
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (range, _) = line.split_once(' ').unwrap();
            let (from, to) = range.split_once('-').unwrap();
            let number = |text| u64::from_str_radix(text, 16).unwrap();
            let (from, to) = (number(from), number(to));
            // What was never touched is not there to be read.
            if to - from > 1 << 30 {
                continue;
            }
            let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
            use std::io::{Seek as _, SeekFrom};
            if memory.seek(SeekFrom::Start(from)).is_err() || memory.read_exact(&mut bytes).is_err() {
                continue;
            }
            let times = |wanted: &[u8]| find_all(&bytes, wanted);
            *count.get_or_insert(0) += times(key.as_bytes()) + times(&wide);
        }
    }
    count
}

fn find_all(text: &[u8], wanted: &[u8]) -> usize {
    use std::io::BufRead as _;
    let (mut rest, mut count) = (text, 0);
    // The standard library's own search: this test is built without optimisation, and memory is large.
    while rest.skip_until(wanted[0]).is_ok_and(|skipped| skipped > 0) {
        let at = text.len() - rest.len() - 1;
        count += usize::from(text[at..].starts_with(wanted));
    }
    count
}

/// The key as it may be written.
fn forms(key: &str) -> Vec<String> {
    let each = |form: fn(u8) -> String| key.bytes().map(form).collect::<String>();
    vec![
        key.to_owned(),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("\\\\u{byte:04x}")),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("{byte:02x}")),
        key.chars().rev().collect(),
        // A piece of it is too much as well.
        key[11..27].to_owned(),
    ]
}

/// Every file below a folder, as text; names too.
fn everything(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        text.push_str(&path.to_string_lossy());
        text.push('\n');
        if path.is_dir() && !path.is_symlink() {
            text.push_str(&everything(&path));
        } else if path.is_file() {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default()));
        }
    }
    text
}

/// A service that refuses everything and repeats the key that it was sent: as it is, in escapes, and in a page.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (count, connection) in listener.incoming().enumerate() {
            let Ok(mut connection) = connection else { continue };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let lower = head.to_ascii_lowercase();
            let length = lower
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next());
            let length = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
            let mut body = vec![0; length];
            let _ = connection.read_exact(&mut body);
            let at = lower.find("authorization: ").map(|at| at + "authorization: ".len());
            let key = at.and_then(|at| head[at..].lines().next()).unwrap_or("Bearer none");
            let escaped: String = key.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
            let words = if count % 2 == 0 { key } else { &escaped };
            let body =
                format!(r#"{{"code":422,"msg":"no account for {words}","data":{{"errorMessage":"{escaped}"}}}}"#);
            let _ = write!(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    base
}
