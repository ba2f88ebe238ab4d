// Where the keyboard was before something opened, for when it closes. A dialog that is taken out of the page gives
// nothing back by itself.

/** Remembers what has the focus; returns how to give it back, where it is still there and nothing else took it. */
export function keepFocus(): () => void {
  const before = document.activeElement;
  return () =>
    setTimeout(() => {
      const nobody = document.activeElement === null || document.activeElement === document.body;
      if (nobody && before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true });
    });
}
