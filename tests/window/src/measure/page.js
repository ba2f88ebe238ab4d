// What is measured inside the page: put into it once, called by name. Nothing of the app is touched but what a person
// touches (scrolling) and what the page itself calls (commands of the shell).
const bench = (window.bench = {});
const CARD = "[data-testid='card'], [data-testid='list-row']";
const ask = (command, args) => window.__TAURI_INTERNALS__.invoke(command, args);

bench.wait = (ms) => new Promise((done) => setTimeout(done, ms));
bench.frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));

// A ball thrown to and fro: while it is in the air for long, the page's one thread did something else. Long are 3 ms
// and more, because the page's clock counts whole ms.
bench.watch = () => {
  const { port1, port2 } = new MessageChannel();
  const begun = performance.now();
  let [last, longest, busy, on] = [begun, 0, 0, true];
  port1.onmessage = () => {
    const now = performance.now();
    const gap = now - last;
    last = now;
    longest = Math.max(longest, gap);
    if (gap >= 3) busy += gap;
    if (on) port2.postMessage(0);
  };
  port2.postMessage(0);
  return () => {
    on = false;
    port1.close();
    return { longest, busy, lasted: performance.now() - begun };
  };
};

// Whether cards cover what is in view.
bench.full = (list) => {
  const view = list.getBoundingClientRect();
  let covered = 0;
  for (const card of list.querySelectorAll(CARD)) {
    const box = card.getBoundingClientRect();
    covered += Math.max(0, Math.min(box.bottom, view.bottom) - Math.max(box.top, view.top));
  }
  return covered > 0.8 * view.height;
};

// Jumps to places all over a list: the page's own work until its rows are laid out, and until their cards are there.
let roll = 7;
bench.jumps = async (css, count) => {
  const list = document.querySelector(css);
  const [took, filled] = [[], []];
  const stop = bench.watch();
  for (let nth = 0; nth < count; nth += 1) {
    roll = (roll * 48271) % 2147483647;
    await bench.frame();
    const begun = performance.now();
    list.scrollTop = Math.round((list.scrollHeight - list.clientHeight) * (roll / 2147483647));
    list.dispatchEvent(new Event("scroll"));
    await Promise.resolve();
    await Promise.resolve();
    void list.offsetHeight;
    took.push(performance.now() - begun);
    while (!bench.full(list)) {
      if (performance.now() - begun > 8000) throw new Error("no cards after a jump in " + css);
      await bench.wait(1);
    }
    filled.push(performance.now() - begun);
  }
  return { took, filled, rows: Number(list.scrollHeight), ...stop() };
};

// The same in a list of nothing: what the web view itself takes for a jump, in whatever else goes on here.
bench.bare = async (count) => {
  const list = document.createElement("div");
  list.style.cssText = "position: fixed; inset: 0 0 auto auto; width: 200px; height: 600px; overflow: hidden auto; contain: strict";
  const inside = document.createElement("div");
  inside.style.height = "3800000px";
  list.append(inside);
  document.body.append(list);
  const took = [];
  for (let nth = 0; nth < count; nth += 1) {
    roll = (roll * 48271) % 2147483647;
    await bench.frame();
    const begun = performance.now();
    list.scrollTop = Math.round((list.scrollHeight - list.clientHeight) * (roll / 2147483647));
    list.dispatchEvent(new Event("scroll"));
    await Promise.resolve();
    void list.offsetHeight;
    took.push(performance.now() - begun);
    await bench.wait(40);
  }
  list.remove();
  return took;
};

bench.nodes = (css) => document.querySelectorAll(`:is(${css}) :is(${CARD}), :is(${css}) :is(${CARD}) *`).length;

// The first saved clips, as one change of marks each.
bench.clips = async (most) => {
  const query = { batchId: null, lane: "done", sort: "place", descending: false, search: "", offset: 0, limit: 200 };
  bench.ids = (await ask("task_ids", { query })).slice(0, most);
  return bench.ids.length;
};
const marked = (ids, rating) => ({ marks: ids.map((id) => ({ id, rating, rejected: false, tags: [] })) });
// What is shown of the first clip: its stars.
const shown = () => document.querySelector("[data-lane='done'] [data-testid='card-mark']")?.textContent ?? "";

const unwatched = () => ({ busy: 0, lasted: 1, longest: 0 });
// What the page does anyway, the frames of its heartbeat and other programs included, is no part of it.
const own = (rest, whole) => Math.max(0, whole.busy - (rest.busy / rest.lasted) * whole.lasted);

async function change(ids) {
  const before = shown();
  const args = marked(ids, (before.length % 5) + 1);
  const asked = ask("put_marks", args);
  return { before, asked };
}

// So many changes by one command: the page hears of them at once, and reads anew what it shows. `watched`: by the ball,
// which itself takes all the time that is left.
bench.burst = async (count, watched = true) => {
  await bench.wait(700);
  const idle = watched ? bench.watch() : unwatched;
  await bench.wait(watched ? 1500 : 0);
  const rest = idle();
  const { before, asked } = await change(bench.ids.slice(0, count));
  const stop = watched ? bench.watch() : unwatched;
  await asked;
  const begun = performance.now();
  while (shown() === before) {
    if (performance.now() - begun > 10000) throw new Error("the changes were not shown");
    // To look is work too.
    await bench.wait(watched ? 1 : 50);
  }
  const there = performance.now() - begun;
  await bench.wait(400);
  const whole = stop();
  return { there, own: own(rest, whole), ...whole };
};

// Has the web view clear away what nobody holds any more: it does so by itself only when much more has come together.
bench.collect = async () => {
  for (let nth = 0; nth < 40; nth += 1) {
    new Uint8Array(30e6).fill(nth);
    await bench.wait(30);
  }
};

// The same as messages with two hundred cards each, as fast as they are told.
bench.messages = async (count, watched = true) => {
  await bench.wait(700);
  const idle = watched ? bench.watch() : unwatched;
  await bench.wait(1500);
  const rest = idle();
  let rose = 0;
  const stop = watched ? bench.watch() : unwatched;
  for (let nth = 0; nth < count; nth += 1) {
    const { before, asked } = await change(bench.ids.slice(0, 200));
    await asked;
    await bench.wait(280);
    if (shown() !== before) rose += 1;
  }
  const whole = stop();
  return { rose, own: own(rest, whole), ...whole };
};
