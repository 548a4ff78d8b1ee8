import { useEffect, useRef } from "react";

/** Whether the focus is on a cell of a grid, and not in what edits it. */
function inGrid(): boolean {
  const el = document.activeElement;
  return !!el?.closest("[role=grid]") && !el.matches("input:not([type=checkbox]), textarea, select, [contenteditable=true]");
}

/** Texts that somebody has chosen with the mouse are copied as they are. */
const textIsChosen = () => !(document.getSelection()?.isCollapsed ?? true);

/**
 * Hears of copying and pasting by whatever keys or menus the browser has for it, while a cell of the grid has the focus.
 * onCopy returns what is put into the clipboard, or nothing when it does that itself.
 */
export function useClipboard(onCopy: () => string | undefined, onPaste: (text: string) => void): void {
  const latest = useRef({ onCopy, onPaste });
  latest.current = { onCopy, onPaste };
  useEffect(() => {
    const copy = (e: ClipboardEvent) => {
      if (!inGrid() || textIsChosen()) return;
      e.preventDefault();
      const text = latest.current.onCopy();
      if (text !== undefined) e.clipboardData?.setData("text/plain", text);
    };
    const paste = (e: ClipboardEvent) => {
      if (!inGrid() || !e.clipboardData?.types.includes("text/plain")) return;
      e.preventDefault();
      latest.current.onPaste(e.clipboardData.getData("text/plain"));
    };
    document.addEventListener("copy", copy);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("paste", paste);
    };
  }, []);
}
