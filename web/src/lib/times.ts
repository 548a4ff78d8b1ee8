import { useSyncExternalStore } from "react";

/** A moment on the page that is shown in all ways beside it, and whether the focus is to be among them. */
export interface Shown {
  time: HTMLTimeElement;
  entered: boolean;
}

/** Milliseconds: who only passes by is left in peace, and who goes over to what is shown has the time to. */
const delay = 400;
const grace = 250;

const listeners = new Set<() => void>();
let shown: Shown | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Where the focus comes back to when people leave: it does not show the moment once more. */
let left: Element | null = null;

function set(to: Shown | undefined): void {
  clearTimeout(timer);
  if (shown === to) return;
  shown = to;
  for (const tell of listeners) tell();
}

function soon(to: Shown | undefined): void {
  clearTimeout(timer);
  timer = setTimeout(set, to ? delay : grace, to);
}

export function leaveTimes(): void {
  if (shown?.entered) left = shown.time.parentElement;
  set(undefined);
}

/** The moment that was entered last. */
let entered: HTMLTimeElement | undefined;

/** Shows the moment that stands within something in all ways, and gives the focus to the first of them; of several moments each time the next. */
export function enterTimes(within: Element | null): void {
  const all = [...(within?.querySelectorAll("time") ?? [])];
  const time = all[entered ? (all.indexOf(entered) + 1) % all.length : 0];
  if (time) set({ time: (entered = time), entered: true });
}

export const useTimes = (): Shown | undefined => useSyncExternalStore((tell) => (listeners.add(tell), () => void listeners.delete(tell)), () => shown);

/** What is below the pointer: a moment, what is shown of one, or neither. */
let below: Element | null = null;

function onPointer(e: PointerEvent): void {
  const now = (e.target as Element).closest("time[datetime], [data-times]");
  if (e.pointerType !== "mouse" || now === below || shown?.entered) return;
  below = now;
  if (now?.matches("[data-times]") || (now && now === shown?.time)) clearTimeout(timer);
  else soon(now ? { time: now as HTMLTimeElement, entered: false } : undefined);
}

function onFocus(e: FocusEvent): void {
  const el = e.target as Element;
  if (el.matches("[data-moment]:focus-visible") && el !== left) soon({ time: el.querySelector("time")!, entered: false });
  else if (!shown?.entered && !el.closest("[data-times]")) set(undefined);
  left = null;
}

/**
 * Watches for moments that are pointed at or have the focus. Nothing is asked of what shows them, a grid has hundreds:
 * every <time> is one, and a button with data-moment around it is one that can have the focus.
 */
export function watchTimes(): void {
  addEventListener("pointerover", onPointer as EventListener);
  addEventListener("focusin", onFocus as EventListener);
  addEventListener("click", (e) => enterTimes((e.target as Element).closest("[data-moment]")));
  addEventListener("scroll", () => shown && !shown.entered && set(undefined), true);
}
