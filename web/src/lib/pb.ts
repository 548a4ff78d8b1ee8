import PocketBase, { ClientResponseError } from "pocketbase";

declare global {
  interface Window {
    boot?: { api: string; asked: Record<string, Promise<Response> | undefined> };
  }
}

/** Where the API is: one level above the dashboard, also below a proxy's path. Ends without a slash. */
export const apiBase = (window.boot?.api ?? new URL("..", location.href.split("#")[0]).href).replace(/\/$/, "");

/** The one client of the API: the official SDK. */
export const pb = new PocketBase(apiBase);
pb.autoCancellation(false);
// It keeps what it knows of a collection by its name: one called "constructor" must not be what every object has of itself.
Object.assign(pb, { recordServices: Object.create(null) as object });
// The server packs what it sends to the dashboard.
pb.beforeSend = (url, options) => ({ url, options: { ...options, fetch: whole, headers: { ...options.headers, "X-Dashboard": "1" } } });

/** What waits until somebody whose token was refused has signed in again; it says whether there is somebody. */
export const door: { open?: () => Promise<boolean> } = {};

/**
 * Asks, and asks once more when the token was refused and somebody has signed in again meanwhile: whatever was being done goes
 * on. An answer that was cut short is a failure: the SDK takes it for an empty one.
 */
async function whole(url: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let answer = await fetch(url, init);
  if (answer.status === 401 && !/\/auth-with-/.test(String(url)) && (await door.open?.())) {
    const headers = new Headers(init?.headers);
    headers.set("Authorization", pb.authStore.token);
    answer = await fetch(url, { ...init, headers });
  }
  if (answer.ok && answer.headers.get("Content-Type")?.includes("json")) {
    const text = await answer.clone().text();
    if (text) JSON.parse(text);
  }
  return answer;
}

/** The nonce that style elements need under the page's content policy. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

/** Takes what boot.js has asked for already, once; undefined when it has not, or was refused. */
export async function early<T>(what: string): Promise<T | undefined> {
  const asked = window.boot?.asked[what];
  if (!asked) return undefined;
  delete window.boot!.asked[what];
  try {
    const answer = await asked;
    return answer.ok ? ((await answer.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}

/** Asks for a path below /api as JSON. */
export async function get<T>(path: string, query?: Record<string, unknown>): Promise<T> {
  return (query ? undefined : await early<T>(path)) ?? pb.send<T>("/" + path, { method: "GET", query });
}

/** Sends JSON to a path below /api. */
export function send<T>(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  return pb.send<T>("/" + path, { method, body: body as Record<string, unknown> | undefined });
}

/** What went wrong, for people: the server's sentence, its status, and its faults by field. */
export interface Problem {
  status: number;
  message: string;
  fields: Record<string, { code: string; message: string }>;
}

/** Reads what a failed request says. Status 0 means that no answer came. */
export function problem(err: unknown): Problem {
  if (err instanceof ClientResponseError) {
    const data = (err.response["data"] ?? {}) as Problem["fields"];
    const offline = err.status === 0 && !err.isAbort;
    const cut = err.originalError instanceof SyntaxError;
    const message = cut ? "The answer of the server was cut short." : offline ? "The server does not answer." : (err.response["message"] as string) || err.message;
    return { status: err.status, message, fields: data };
  }
  return { status: -1, message: err instanceof Error ? err.message : String(err), fields: {} };
}

/** The record as it is by now, when a write was refused because somebody else was faster. */
export function theirs<T>(err: unknown): T | undefined {
  return err instanceof ClientResponseError && err.status === 409 ? (err.response["record"] as T | undefined) : undefined;
}
