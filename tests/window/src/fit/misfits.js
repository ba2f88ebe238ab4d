// Texts that are cut off without a sign, that lie over another text, or beside the window.
const SLACK = 1.5;
const found = [];
const top = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
const near = (element) => {
  const named = element.closest("[data-testid]");
  return `${named?.dataset.testid ?? "page"} ${element.tagName.toLowerCase()}.${[...element.classList].filter((one) => !one.startsWith("svelte-")).join(".")}`;
};
const tell = (what, element, text) => found.push(`${what}: “${text.slice(0, 60)}” at ${near(element)}`);
/** A sign that there is more: three dots with the whole somewhere, or a list that goes on. */
const says = (element) =>
  element.closest("[title], button[aria-label], [role='listitem'], [data-testid='import-grid']") !== null;
/** Whether two texts are seen at one place, with nothing opaque between them. */
const meet = (one, other, x, y) => {
  const stack = document.elementsFromPoint(x, y);
  const depth = Math.max(...[one, other].map((element) => stack.findIndex((at) => element.contains(at) || at === element)));
  return depth >= 0 && !stack.slice(0, depth).some((at) => {
    const ground = getComputedStyle(at).backgroundColor;
    const opaque = !ground.endsWith(", 0)") && ground !== "transparent";
    return opaque && !(at.contains(one) && at.contains(other));
  });
};
const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
const texts = [];
while (walker.nextNode()) {
  const node = walker.currentNode;
  const element = node.parentElement;
  const text = node.data.trim();
  if (text === "" || element.closest(".sr, option, script, style, svg, textarea, [aria-hidden='true'], .hidden")) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  const boxes = [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
  // What is folded away has a place and is not seen.
  if (boxes.length === 0 || !element.checkVisibility({ visibilityProperty: true })) continue;
  // What of it is seen: as much as each frame around it lets through.
  let seen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  let reported = false;
  let scrolls = false;
  const right = Math.max(...boxes.map((box) => box.right));
  const left = Math.min(...boxes.map((box) => box.left));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  for (let frame = element; frame !== null && frame !== document.documentElement; frame = frame.parentElement) {
    const style = getComputedStyle(frame);
    if (style.overflowX === "visible" && style.overflowY === "visible") continue;
    const box = frame.getBoundingClientRect();
    seen = {
      left: Math.max(seen.left, box.left),
      top: Math.max(seen.top, box.top),
      right: Math.min(seen.right, box.right),
      bottom: Math.min(seen.bottom, box.bottom),
    };
    const clamped = style.webkitLineClamp !== "none" && style.webkitLineClamp !== "";
    if (/auto|scroll/.test(style.overflowX) && frame.scrollWidth > frame.clientWidth) scrolls = true;
    if (/auto|scroll/.test(style.overflowY) && frame.scrollHeight > frame.clientHeight) scrolls = true;
    if (scrolls || reported || clamped) { if (clamped) reported = true; continue; }
    if (/hidden|clip/.test(style.overflowX) && (right > box.right + SLACK || left < box.left - SLACK)) {
      if (style.textOverflow !== "ellipsis") tell("cut off", element, text);
      else if (!says(element)) tell("dots without the whole", element, text);
      reported = true;
    } else if (/hidden|clip/.test(style.overflowY) && bottom > box.bottom + SLACK + 2 && box.bottom > box.top) {
      tell("cut off below", element, text);
      reported = true;
    }
  }
  if (!reported && !scrolls && right > innerWidth + SLACK) tell("beside the window", element, text);
  for (const box of boxes) {
    const shown = {
      left: Math.max(box.left, seen.left),
      top: Math.max(box.top, seen.top),
      right: Math.min(box.right, seen.right),
      bottom: Math.min(box.bottom, seen.bottom),
    };
    if (shown.right - shown.left < 3 || shown.bottom - shown.top < 4) continue;
    const at = document.elementFromPoint((shown.left + shown.right) / 2, (shown.top + shown.bottom) / 2);
    // Under something else that lies over it as a whole, such as an open card.
    if (at === null || !(element.contains(at) || at.contains(element))) continue;
    texts.push({ ...shown, element, text });
  }
}
for (const [index, one] of texts.entries()) {
  for (const other of texts.slice(index + 1)) {
    if (one.element === other.element) continue;
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    const x = (Math.max(one.left, other.left) + Math.min(one.right, other.right)) / 2;
    const y = (Math.max(one.top, other.top) + Math.min(one.bottom, other.bottom)) / 2;
    if (across > 3 && down > 5 && meet(one.element, other.element, x, y)) tell(`over “${other.text.slice(0, 30)}”`, one.element, one.text);
  }
}
return [...new Set(found)];
