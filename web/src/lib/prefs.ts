import { useSyncExternalStore } from "react";

/** Records are changed at once, when all changes are saved together, or not at all. */
export type EditMode = "instant" | "staged" | "read";

/** What a person chose for this browser. It holds no data of records. */
export interface Prefs {
  theme: "system" | "light" | "dark";
  density: "compact" | "normal" | "roomy";
  zone: "local" | "utc";
  singleKeys: boolean;
  /** Other keys than their own that were chosen for actions, by their ids. */
  keys: Record<string, string>;
  live: boolean;
  /** By what the server is for; without one it is what such servers begin with. */
  editModes: Partial<Record<string, EditMode>>;
  rail: boolean;
  panelWidth: number;
  /** Of examples. */
  language: string;
  pins: string[];
  last: string;
  /** The first steps: begun on a server without collections, until they are done or hidden. */
  steps: "" | "begun" | "hidden";
  /** An example of the API was taken. */
  tried: boolean;
}

const defaults: Prefs = { theme: "system", density: "normal", zone: "local", singleKeys: true, keys: {}, live: true, editModes: {}, rail: true, panelWidth: 480, language: "javascript", pins: [], last: "", steps: "", tried: false };
const key = "holdall_prefs";
const listeners = new Set<() => void>();
let current: Prefs = load();

function load(): Prefs {
  try {
    return { ...defaults, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
  } catch {
    return defaults;
  }
}

export const prefs = () => current;

/** Changes preferences, keeps them, and shows them at once. */
export function setPrefs(change: Partial<Prefs>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // A browser without storage keeps them for this page alone.
  }
  show();
  for (const tell of listeners) tell();
}

function show(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset["theme"] = current.theme === "dark" || (current.theme === "system" && dark) ? "dark" : "light";
  document.documentElement.dataset["density"] = current.density;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);

export function usePrefs(): Prefs {
  return useSyncExternalStore(
    (tell) => (listeners.add(tell), () => listeners.delete(tell)),
    prefs,
  );
}

/** Pixels of a row of the grid. */
export const rowHeight = { compact: 28, normal: 34, roomy: 44 } as const;
