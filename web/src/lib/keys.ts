import { useEffect, useRef, useSyncExternalStore } from "react";
import { prefs } from "@/lib/prefs";

/**
 * One thing that can be done: it stands in the palette, in the sheet of shortcuts, and is bound to its keys.
 * Keys are written as "mod+k", "g d" for one after the other, or a single letter. "mod" is Ctrl, or Cmd on a Mac.
 */
export interface Action {
  id: string;
  name: string;
  group: string;
  keys?: string[];
  /** Also while a text is being edited. Combinations with mod always are. */
  inText?: boolean;
  /** The browser or a component answers to the keys itself: they are told of, not bound. */
  elsewhere?: boolean;
  run: () => void;
}

const actions = new Map<string, Action[]>();
const listeners = new Set<() => void>();
let all: Action[] = [];

function changed(): void {
  all = [...actions.values()].map((stack) => stack[stack.length - 1]!);
  for (const tell of listeners) tell();
}

/** Registers an action until the returned function is called. The latest of one id counts. */
export function register(action: Action): () => void {
  const stack = actions.get(action.id) ?? [];
  stack.push(action);
  actions.set(action.id, stack);
  changed();
  return () => {
    const rest = stack.filter((a) => a !== action);
    if (rest.length) actions.set(action.id, rest);
    else actions.delete(action.id);
    stack.length = 0;
    stack.push(...rest);
    changed();
  };
}

/** Registers an action for as long as the component is shown. */
export function useAction(action: Omit<Action, "run"> & { run: () => void; off?: boolean }): void {
  const latest = useRef(action.run);
  latest.current = action.run;
  const keys = action.keys?.join(",");
  useEffect(() => {
    if (action.off) return;
    return register({ ...action, run: () => latest.current() });
    // eslint-disable-next-line -- the rest of an action does not change while it is registered
  }, [action.id, action.name, action.group, keys, action.off, action.inText]);
}

export function useActions(): Action[] {
  return useSyncExternalStore(
    (tell) => (listeners.add(tell), () => listeners.delete(tell)),
    () => all,
  );
}

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Keys as people read them. */
export function keyNames(keys: string): string[] {
  return keys.split(" ").map((chord) =>
    chord
      .split("+")
      .map((k) => ({ mod: isMac ? "⌘" : "Ctrl", shift: "Shift", alt: "Alt", arrows: "arrows", enter: "Enter", escape: "Esc" })[k] ?? (k.length === 1 ? k.toUpperCase() : k))
      .join("+"),
  );
}

function chord(e: KeyboardEvent): string {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key.toLowerCase();
  const shifted = e.shiftKey && (e.ctrlKey || e.metaKey || e.altKey || e.key.length > 1);
  return [e.ctrlKey || e.metaKey ? "mod" : "", e.altKey ? "alt" : "", shifted ? "shift" : "", key].filter(Boolean).join("+");
}

/** Whether keys are for what has the focus: a text that is edited, or a menu that is searched by its first letters. */
function inText(target: EventTarget | null): boolean {
  const el = target as HTMLElement | null;
  return !!el?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=menu]");
}

let waiting = "";
let waitingSince = 0;

function onKey(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.isComposing) return;
  const now = chord(e);
  const typed = inText(e.target);
  const plain = !now.includes("mod") && !now.includes("alt");
  if (plain && !typed && !prefs().singleKeys && now.length === 1) return;
  const pair = waiting && e.timeStamp - waitingSince < 1200 ? `${waiting} ${now}` : "";
  const layer = document.querySelector("[role=dialog][data-state=open]:not([data-panel]), [role=alertdialog][data-state=open]");
  const fits = (a: Action) => !a.elsewhere && (!typed || !plain || a.inText) && (!layer || a.inText || !plain);
  const hit = (pair && all.find((a) => a.keys?.includes(pair) && fits(a))) || all.find((a) => a.keys?.includes(now) && fits(a));
  waiting = !typed && plain && all.some((a) => a.keys?.some((k) => k.startsWith(now + " "))) ? now : "";
  waitingSince = e.timeStamp;
  if (!hit) return;
  waiting = "";
  e.preventDefault();
  hit.run();
}

/** Begins to listen to the keyboard. */
export function listenToKeys(): void {
  window.addEventListener("keydown", onKey);
}
