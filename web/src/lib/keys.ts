import { useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { prefs, setPrefs } from "@/lib/prefs";

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
  /** Where it leads, when that is all it does: a new tab can lead there too. */
  to?: string;
  run: () => void;
}

/** An action as it is bound: to the keys that were chosen for it, else to its own. */
export interface Bound extends Action {
  own?: string[];
}

let held: Action[] = [];
const listeners = new Set<() => void>();
let all: Bound[] = [];

function changed(): void {
  const chosen = prefs().keys;
  const latest = new Map(held.map((a) => [a.id, a])).values();
  all = [...latest].map((a) => ({ ...a, own: a.keys, keys: chosen[a.id] ? [chosen[a.id]!] : a.keys }));
  for (const tell of listeners) tell();
}

/** Registers an action until the returned function is called. The latest of one id counts. */
export function register(action: Action): () => void {
  held = [...held, action];
  changed();
  return () => {
    held = held.filter((a) => a !== action);
    changed();
  };
}

/** Registers an action for as long as the component is shown: whoever sees the component can press its keys. */
export function useAction(action: Omit<Action, "run"> & { run: () => void; off?: boolean }): void {
  const latest = useRef(action.run);
  const keys = action.keys?.join(",");
  useLayoutEffect(() => void (latest.current = action.run));
  useLayoutEffect(() => {
    if (action.off) return;
    return register({ ...action, run: () => latest.current() });
    // eslint-disable-next-line -- the rest of an action does not change while it is registered
  }, [action.id, action.name, action.group, keys, action.off, action.inText]);
}

const listen = (tell: () => void) => (listeners.add(tell), () => void listeners.delete(tell));

export const useActions = (): Bound[] => useSyncExternalStore(listen, () => all);

const bound = (id: string): string[] => all.find((a) => a.id === id)?.keys ?? [];

/** The keys that an action is bound to at this moment, the first of them. */
export const useKeysOf = (id: string): string | undefined => useSyncExternalStore(listen, () => bound(id)[0]);

/** Whether a key alone does one of the actions. */
export const isKeyOf = (key: string, ...ids: string[]): boolean => ids.some((id) => bound(id).includes(key));

const isPlain = (keys: string): boolean => !/(mod|alt)\+/.test(keys);

/** Whether an action can be bound to other keys: those whose own are letters and signs, which speech and slips press too (WCAG 2.1.4). */
export const canRebind = (a: Bound): boolean => !a.elsewhere && !!a.own?.length && a.own.every(isPlain);

/** Binds actions, by their ids, to other keys than their own, and all that are not named to their own; this browser remembers. */
export function rebind(keys: Record<string, string>): void {
  setPrefs({ keys });
  changed();
}

/** The action that hears some keys already, or whose keys begin or go on with them. */
export const heardBy = (keys: string, but: string): Bound | undefined =>
  all.find((a) => a.id !== but && a.keys?.some((k) => `${k} `.startsWith(`${keys} `) || `${keys} `.startsWith(`${k} `)));

/** Whether keys go on after this one, as "g d" do after "g". */
export const begins = (key: string): boolean => all.some((a) => a.keys?.some((k) => k.startsWith(key + " ")));

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const names: Record<string, string> = { mod: isMac ? "⌘" : "Ctrl", shift: "Shift", alt: "Alt", arrows: "arrows", enter: "Enter", escape: "Esc", space: "Space" };

/** Keys as people read them. */
export function keyNames(keys: string): string[] {
  return keys.split(" ").map((chord) =>
    chord
      .split("+")
      .map((k) => names[k] ?? (k.length === 1 ? k.toUpperCase() : k))
      .join("+"),
  );
}

/** What is pressed, in the words of keys. */
export function chord(e: KeyboardEvent): string {
  const key = e.key === " " ? "space" : e.key.toLowerCase();
  const shifted = e.shiftKey && (e.ctrlKey || e.metaKey || e.altKey || e.key.length > 1);
  return [e.ctrlKey || e.metaKey ? "mod" : "", e.altKey ? "alt" : "", shifted ? "shift" : "", key].filter(Boolean).join("+");
}

/** Whether keys are for what has the focus: a text that is edited, a menu that is searched by its first letters, a button for Space. */
function isFor(target: EventTarget | null, key: string): boolean {
  const el = target as HTMLElement | null;
  const text = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=menu]";
  return !!el?.closest?.(key === "space" ? `${text}, input, button, summary` : text);
}

let waiting = "";
let waitingSince = 0;

function onKey(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.isComposing) return;
  const now = chord(e);
  const typed = isFor(e.target, now);
  const plain = isPlain(now);
  if (plain && !typed && !prefs().singleKeys && now.length === 1) return;
  const pair = waiting && e.timeStamp - waitingSince < 1200 ? `${waiting} ${now}` : "";
  const layer = document.querySelector("[role=dialog][data-state=open]:not([data-panel]), [role=alertdialog][data-state=open]");
  const fits = (a: Action) => !a.elsewhere && (!typed || !plain || a.inText) && (!layer || a.inText || !plain);
  const hit = (pair && all.find((a) => a.keys?.includes(pair) && fits(a))) || all.find((a) => a.keys?.includes(now) && fits(a));
  waiting = !typed && plain && begins(now) ? now : "";
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
