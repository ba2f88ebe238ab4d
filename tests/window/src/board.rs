//! The open window, in the words of a person who looks at it.
//!
//! Controls are named by their `data-testid`. Every act waits until its control is there and takes a pointer, so that a
//! journey reads as a list of acts; every look waits until it is true.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{driver::Driver, picture, stage::end, wait::PATIENCE};

/// A window is drawn when it has more colours than a page that failed: one, or a text on one.
const DRAWN: usize = 40;

/// A running app. It is killed when dropped, as a crash would.
pub struct Board {
    name: String,
    driver: Driver,
    process: u32,
    log: PathBuf,
}

impl Board {
    pub(crate) async fn new(name: &str, driver: Driver, process: u32, log: PathBuf) -> Self {
        let board = Self {
            name: name.to_owned(),
            driver,
            process,
            log,
        };
        // The driver hands out no console; errors are collected in the page from here on.
        let collect = "
            if (window.pageErrors) return;
            window.pageErrors = [];
            addEventListener('error', (event) => {
                // The page swallows this notice (start.ts says why), unless it listens only after this did.
                if (event.message?.startsWith('ResizeObserver loop')) return;
                // An image or a video that fails is an element's own business.
                if (event instanceof ErrorEvent) window.pageErrors.push(event.message + ' ' + event.filename + ':' + event.lineno);
            });
            addEventListener('unhandledrejection', (event) => window.pageErrors.push(String(event.reason?.message ?? event.reason)));
            addEventListener('securitypolicyviolation', (event) => window.pageErrors.push(event.violatedDirective + ' refused ' + event.blockedURI));";
        board
            .wait("the page", async || board.driver.script(collect, &[]).await.ok())
            .await;
        board
            .wait("something on the page", async || {
                let there =
                    "return document.readyState === 'complete' && document.querySelector('[data-testid]') !== null";
                board.truth(there, &[]).await.then_some(())
            })
            .await;
        board
    }

    /// Waits until the control is there to be seen.
    pub async fn see(&self, id: &str) {
        self.see_css(&control(id)).await;
    }

    /// As [`Board::see`], for anything that a CSS selector names.
    pub async fn see_css(&self, css: &str) {
        let visible = "
            const element = document.querySelector(arguments[0]);
            return element !== null && element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible'";
        self.wait(css, async || self.truth(visible, &[json!(css)]).await.then_some(()))
            .await;
    }

    /// Whether the control is there now.
    pub async fn shows(&self, id: &str) -> bool {
        self.truth(
            "return document.querySelector(arguments[0]) !== null",
            &[json!(control(id))],
        )
        .await
    }

    /// Waits until the control is not there any more.
    pub async fn gone(&self, id: &str) {
        self.wait(format!("{id} to go"), async || (!self.shows(id).await).then_some(()))
            .await;
    }

    /// The window's inside as it is now, as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let shot = self.driver.screenshot().await.expect("a picture");
        picture::from_base64(&shot)
    }

    /// Clicks the control, as soon as it takes a pointer.
    pub async fn click(&self, id: &str) {
        self.click_css(&control(id)).await;
    }

    /// As [`Board::click`], for anything that a CSS selector names.
    pub async fn click_css(&self, css: &str) {
        self.see_css(css).await;
        let takes = "
            const element = document.querySelector(arguments[0]);
            if (element === null || element.disabled) return false;
            element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
            const box = element.getBoundingClientRect();
            // Where it was a moment ago: a list that was just scrolled is still measuring its rows.
            const [before, at] = [window.clickAt, `${arguments[0]} ${box.x} ${box.y}`];
            window.clickAt = at;
            if (before !== at) return false;
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return top !== null && element.contains(top)";
        self.wait(format!("{css} to take a click"), async || {
            self.truth(takes, &[json!(css)]).await.then_some(())
        })
        .await;
        self.wait(format!("a click on {css}"), async || self.driver.click(css).await.ok())
            .await;
    }

    /// Types into the control, behind what stands there.
    pub async fn write(&self, id: &str, text: &str) {
        let css = control(id);
        self.click_css(&css).await;
        self.driver.keys(&css, text).await.expect("keys arrive");
    }

    /// Empties the control, as selecting all of it and deleting does.
    pub async fn clear(&self, id: &str) {
        let css = control(id);
        self.click_css(&css).await;
        // By keys: the driver's own way tells the page nothing.
        self.control_and('a').await;
        self.press('\u{E003}').await;
        self.wait(format!("{css} to be empty"), async || {
            let empty = "return document.querySelector(arguments[0])?.value === ''";
            self.truth(empty, &[json!(css)]).await.then_some(())
        })
        .await;
    }

    /// Presses one key, wherever the focus is.
    pub async fn press(&self, key: char) {
        self.driver.press(key).await.expect("a key arrives");
    }

    /// Presses Escape.
    pub async fn escape(&self) {
        self.driver.press('\u{e00c}').await.expect("a key arrives");
    }

    /// Presses Ctrl and a letter.
    pub async fn control_and(&self, key: char) {
        self.driver.chord('\u{e009}', key).await.expect("keys arrive");
    }

    /// Presses Alt and a key.
    pub async fn alt_and(&self, key: char) {
        self.driver.chord('\u{e00a}', key).await.expect("keys arrive");
    }

    /// Takes one thing with the pointer, carries it over another and lets it go there; `down`: how far down that one,
    /// from 0 to 1.
    pub async fn drag(&self, from: &str, to: &str, down: f64) {
        self.see_css(from).await;
        self.see_css(to).await;
        let places = "
            const middle = (css, down) => {
                const box = document.querySelector(css).getBoundingClientRect();
                return [Math.round(box.x + box.width / 2), Math.round(box.y + Math.min(box.height, 300) * down)];
            };
            return [...middle(arguments[0], 0.5), ...middle(arguments[1], arguments[2])]";
        let places = self.run(places, &[json!(from), json!(to), json!(down)]).await;
        let at = |nth: usize| places[nth].as_i64().expect("a place");
        self.driver
            .drag((at(0), at(1)), (at(2), at(3)))
            .await
            .expect("the pointer moves");
    }

    /// Waits until the app has ended by itself.
    pub async fn has_ended(self) {
        let (process, app) = (format!("/proc/{}/exe", self.process), &self.name);
        crate::until(format!("{app} to end by itself"), async || {
            // One that has ended and was not waited for yet has no program any more.
            std::fs::read_link(&process).is_err().then_some(())
        })
        .await;
    }

    /// Chooses a value in a list, as its change event tells the page.
    pub async fn choose(&self, id: &str, value: &str) {
        self.see(id).await;
        let choose = "
            const list = document.querySelector(arguments[0]);
            list.value = arguments[1];
            list.dispatchEvent(new Event('input', { bubbles: true }));
            list.dispatchEvent(new Event('change', { bubbles: true }));";
        self.run(choose, &[json!(control(id)), json!(value)]).await;
    }

    /// What the control says now.
    pub async fn text(&self, id: &str) -> String {
        self.text_css(&control(id)).await
    }

    /// As [`Board::text`], for anything that a CSS selector names; empty where nothing is.
    pub async fn text_css(&self, css: &str) -> String {
        let text = "return document.querySelector(arguments[0])?.innerText ?? ''";
        self.run(text, &[json!(css)])
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Everything that stands on the page, with the names that only a screen reader hears.
    pub async fn all_text(&self) -> String {
        let text = "
            const spoken = [...document.querySelectorAll('[aria-label], [title], [placeholder]')]
                .flatMap((element) => [element.ariaLabel, element.title, element.getAttribute('placeholder')]);
            return [document.body.innerText, ...spoken].filter(Boolean).join('\\n')";
        self.run(text, &[]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the control says this, among other things.
    pub async fn says(&self, id: &str, part: &str) {
        let css = control(id);
        self.wait(format!("{css} to say “{part}”"), async || {
            self.text_css(&css).await.contains(part).then_some(())
        })
        .await;
    }

    /// Waits until a script gives true.
    pub async fn holds(&self, what: &str, script: &str, arguments: &[Value]) {
        self.wait(what, async || self.truth(script, arguments).await.then_some(()))
            .await;
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        match self.driver.script(script, arguments).await {
            Ok(value) => value,
            Err(problem) => panic!("{problem}\nin the script:{script}"),
        }
    }

    /// Drops files at the middle of an element, through the handler that the system's drop calls.
    pub async fn drop_files(&self, css: &str, files: &[&Path]) {
        self.see_css(css).await;
        let drop = "
            const box = document.querySelector(arguments[0]).getBoundingClientRect();
            const ratio = devicePixelRatio;
            window.shotboardDrop(arguments[1], { x: (box.x + box.width / 2) * ratio, y: (box.y + box.height / 2) * ratio });";
        self.run(drop, &[json!(css), json!(files)]).await;
    }

    /// Plays the open card's video in the board.
    pub async fn play(&self) {
        self.click("play").await;
        self.see("player-video").await;
    }

    /// Sets the window's outer size and waits until the page has its room.
    pub async fn resize(&self, width: u32, height: u32) {
        self.driver
            .resize(width, height)
            .await
            .expect("the window takes a size");
        let narrow = "return Math.abs(innerWidth - arguments[0]) <= 60";
        self.holds("the window to be resized", narrow, &[json!(width)]).await;
    }

    /// Waits until the window shows more than an empty page would.
    pub async fn is_drawn(&self) {
        self.wait("a window that is drawn", async || {
            let shot = self.driver.screenshot().await.ok()?;
            (picture::colours(&picture::from_base64(&shot)) >= DRAWN).then_some(())
        })
        .await;
    }

    /// Waits until nothing is on its way from one look to another.
    pub async fn is_still(&self) {
        let settled = "return document.getAnimations().every((one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity)";
        self.holds("what moves to stand still", settled, &[]).await;
    }

    /// Ends the app at once, as `kill -9` does, in the middle of whatever it is doing.
    pub async fn kill(self) {
        end(self.process);
        let gone = format!("/proc/{}/exe", self.process);
        crate::until("the app to be gone", async || {
            (!Path::new(&gone).exists()).then_some(())
        })
        .await;
    }

    /// The end of a journey: nothing went wrong in the page on the way.
    pub async fn close(self) {
        let errors = self.run("return window.pageErrors", &[]).await;
        assert_eq!(errors, json!([]), "errors in the page");
    }

    async fn truth(&self, script: &str, arguments: &[Value]) -> bool {
        self.driver
            .script(script, arguments)
            .await
            .is_ok_and(|value| value == true)
    }

    /// Waits as [`crate::until`] does; in vain, it leaves a picture and says what the page says.
    async fn wait<T>(&self, what: impl std::fmt::Display, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let waiting = crate::until(&what, &mut look);
        // A little less patience, so that there is a picture before the other one gives up.
        match tokio::time::timeout(PATIENCE - Duration::from_secs(5), waiting).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for: {what}\n{}", self.last_words().await),
        }
    }

    async fn last_words(&self) -> String {
        let errors = self
            .driver
            .script("return JSON.stringify(window.pageErrors)", &[])
            .await;
        let text = self.driver.script("return document.body.innerText", &[]).await;
        let place = std::env::temp_dir().join(format!("shotboard-failed-{}.png", self.name));
        let picture = match self.driver.screenshot().await {
            Ok(shot) => std::fs::write(&place, picture::from_base64(&shot)).map_err(|error| error.to_string()),
            Err(problem) => Err(problem),
        };
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let log: Vec<&str> = log.lines().rev().take(20).collect();
        format!(
            "errors: {errors:?}\npicture: {} ({picture:?})\nthe app's last lines, newest first: {log:#?}\npage: {text:?}",
            place.display()
        )
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        end(self.process);
    }
}

fn control(id: &str) -> String {
    format!("[data-testid='{id}']")
}
