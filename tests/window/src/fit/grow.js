// Longer words, as another language would bring them: each text of the page's own begins anew after its end, until it is
// 40 % longer. What people wrote (prompts, names, paths) stays.
if (window.growing) return;
window.growing = true;
const WRITTEN = ".say, .prompt, .copy, .num, .names, .name, code, kbd, svg, style, script, title, [data-testid='batch'] span,"
  + " [data-testid='batch-name'], [data-testid='folder'], [data-testid='import-grid'], .cell, .cell *";
const grown = new WeakMap();
const longer = (text) => {
  const words = text.trim();
  if (!/\p{L}{3}/u.test(words)) return text;
  const more = words.slice(0, Math.ceil(words.length * 0.4)).trim();
  return text.replace(words, () => `${words} ${more}`);
};
const grow = (node) => {
  if (grown.get(node) === node.data) return;
  if (node.parentElement?.closest(WRITTEN)) return;
  const text = longer(node.data);
  grown.set(node, text);
  if (text !== node.data) node.data = text;
};
const growAll = (root) => {
  if (root.nodeType === Node.TEXT_NODE) return grow(root);
  if (root.nodeType !== Node.ELEMENT_NODE) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  found.forEach(grow);
  for (const field of [root, ...root.querySelectorAll("[placeholder]")]) {
    const hint = field.getAttribute("placeholder");
    if (hint === null || grown.get(field) === hint) continue;
    grown.set(field, longer(hint));
    field.setAttribute("placeholder", longer(hint));
  }
};
growAll(document.body);
new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "characterData") grow(change.target);
    else change.addedNodes.forEach(growAll);
  }
}).observe(document.body, { subtree: true, childList: true, characterData: true });
