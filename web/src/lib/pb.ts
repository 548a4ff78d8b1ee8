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

/** The nonce that style elements need under the page's content policy. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

/** Asks for a path below /api as JSON; takes the answer that boot.js has asked for already, once. */
export async function get<T>(path: string, query?: Record<string, unknown>): Promise<T> {
  const asked = query ? undefined : window.boot?.asked[path];
  if (asked) {
    delete window.boot!.asked[path];
    const early = await asked.catch(() => undefined);
    if (early?.ok) return (await early.json()) as T;
  }
  return pb.send<T>("/" + path, { method: "GET", query });
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
    const message = offline ? "The server does not answer." : (err.response["message"] as string) || err.message;
    return { status: err.status, message, fields: data };
  }
  return { status: -1, message: err instanceof Error ? err.message : String(err), fields: {} };
}
