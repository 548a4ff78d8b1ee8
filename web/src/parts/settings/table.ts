import { environments } from "@/lib/environment";

/** How a setting is entered. */
export type Form = "text" | "number" | "flag" | "secret" | "words" | "colour" | "choice" | "rates" | "json";

export interface Setting {
  /** Its place within the settings, parted by dots; "environment" is the dashboard's own. */
  path: string;
  label: string;
  help?: string;
  form: Form;
  choices?: { value: string; name: string }[];
  unit?: string;
}

export interface SettingsPage {
  slug: string;
  name: string;
  about: string;
  groups: { name: string; about?: string; switch?: string; settings: Setting[]; test?: "mail" | "s3" }[];
}

const s3 = (at: string): Setting[] => [
  { path: `${at}.endpoint`, label: "Endpoint", form: "text", help: "such as https://s3.eu-central-1.amazonaws.com" },
  { path: `${at}.bucket`, label: "Bucket", form: "text" },
  { path: `${at}.region`, label: "Region", form: "text" },
  { path: `${at}.accessKey`, label: "Access key", form: "text" },
  { path: `${at}.secret`, label: "Secret", form: "secret" },
  { path: `${at}.forcePathStyle`, label: "The bucket stands in the path", form: "flag", help: "for MinIO and others that have no host names for buckets" },
  { path: `${at}.allowPrivate`, label: "The endpoint may be in a private network", form: "flag" },
];

/** Every setting, in the order in which they are looked for. A setting is a line here. */
export const pages: SettingsPage[] = [
  {
    slug: "application",
    name: "Application",
    about: "How the application presents itself.",
    groups: [
      {
        name: "Application",
        settings: [
          { path: "meta.appName", label: "Name", form: "text" },
          { path: "meta.appURL", label: "Address", form: "text", help: "Links in mails begin with it." },
          { path: "environment", label: "Environment", form: "choice", choices: Object.entries(environments).map(([value, name]) => ({ value, name })), help: "In production, changes of records wait until they are saved together." },
          { path: "meta.accentColor", label: "Colour", form: "colour" },
          { path: "meta.hideControls", label: "Hide what changes collections", form: "flag", help: "for a server whose collections come with its code" },
        ],
      },
      {
        name: "Batches",
        about: "Several writes in one request, all of them or none.",
        switch: "batch.enabled",
        settings: [
          { path: "batch.maxRequests", label: "Writes of a batch at most", form: "number" },
          { path: "batch.timeout", label: "Time at most", form: "number", unit: "seconds" },
          { path: "batch.maxBodySize", label: "Body at most", form: "number", unit: "bytes", help: "0 is 128 MiB" },
        ],
      },
    ],
  },
  {
    slug: "mail",
    name: "Mail",
    about: "Who mails come from, and the server that sends them.",
    groups: [
      {
        name: "Sender",
        test: "mail",
        settings: [
          { path: "meta.senderName", label: "Name", form: "text" },
          { path: "meta.senderAddress", label: "Address", form: "text" },
        ],
      },
      {
        name: "SMTP",
        about: "While it is off, the sendmail program of the machine is used.",
        switch: "smtp.enabled",
        settings: [
          { path: "smtp.host", label: "Host", form: "text" },
          { path: "smtp.port", label: "Port", form: "number" },
          { path: "smtp.username", label: "User name", form: "text" },
          { path: "smtp.password", label: "Password", form: "secret" },
          { path: "smtp.tls", label: "Encryption", form: "choice", choices: [{ value: "false", name: "STARTTLS when offered" }, { value: "true", name: "TLS from the first byte" }] },
          { path: "smtp.authMethod", label: "Method", form: "choice", choices: [{ value: "", name: "PLAIN" }, { value: "LOGIN", name: "LOGIN" }] },
          { path: "smtp.localName", label: "Name we give ourselves", form: "text", help: "empty is localhost" },
        ],
      },
    ],
  },
  {
    slug: "storage",
    name: "Files",
    about: "Where uploaded files lie.",
    groups: [
      {
        name: "Object store",
        about: "While it is off, files lie in the data directory. “holdall files move” carries them over.",
        switch: "s3.enabled",
        test: "s3",
        settings: [...s3("s3"), { path: "s3.directDownloads", label: "Browsers read from the store itself", form: "flag", help: "by addresses of short life" }],
      },
    ],
  },
  {
    slug: "limits",
    name: "Limits",
    about: "How often callers may ask, and who may be superuser from where.",
    groups: [
      {
        name: "Rates",
        switch: "rateLimits.enabled",
        settings: [
          { path: "rateLimits.rules", label: "Rules", form: "rates" },
          { path: "rateLimits.excludedIPs", label: "Addresses without limits", form: "words" },
        ],
      },
      {
        name: "Superusers",
        settings: [{ path: "superuserIPs", label: "Addresses and networks that superusers come from", form: "words", help: "Empty: from anywhere. Mind not to lock yourself out; “holdall superuser ips” repairs it." }],
      },
      {
        name: "Behind a proxy",
        settings: [
          { path: "trustedProxy.headers", label: "Headers that tell a caller's address", form: "words", help: "such as X-Forwarded-For; only when a proxy sets them" },
          { path: "trustedProxy.useLeftmostIP", label: "Of a list, the leftmost address", form: "flag" },
        ],
      },
    ],
  },
  {
    slug: "realtime",
    name: "Realtime",
    about: "Streams of changes, and what clients may say to each other.",
    groups: [
      {
        name: "Streams",
        settings: [
          { path: "realtime.maxPerIP", label: "Streams of one address at most", form: "number", help: "0: no bound" },
          { path: "realtime.keepHours", label: "Changes are kept for", form: "number", unit: "hours" },
          { path: "realtime.keepChanges", label: "Changes are kept at most", form: "number" },
        ],
      },
      {
        name: "Channels",
        about: "What clients may publish to, and under which rules. Nothing unless declared.",
        settings: [
          { path: "realtime.channels", label: "Channels", form: "json", help: "see the reference on realtime" },
          { path: "realtime.maxPublish", label: "Messages a second of one client", form: "number", help: "0: no bound" },
        ],
      },
    ],
  },
  {
    slug: "logs",
    name: "Logs",
    about: "What is written down of requests, and for how long.",
    groups: [
      {
        name: "Logs",
        settings: [
          { path: "logs.maxDays", label: "Kept for", form: "number", unit: "days", help: "0 turns the log off" },
          { path: "logs.minLevel", label: "From level", form: "choice", choices: [{ value: "-4", name: "Debug" }, { value: "0", name: "Info" }, { value: "4", name: "Warning" }, { value: "8", name: "Error" }] },
          { path: "logs.logIP", label: "With addresses of callers", form: "flag" },
          { path: "logs.logAuthId", label: "With ids of accounts", form: "flag" },
        ],
      },
    ],
  },
];

/** All settings with the page they are on, for searching. */
export const everySetting = pages.flatMap((p) => p.groups.flatMap((g) => g.settings.map((setting) => ({ page: p, group: g, setting }))));

export function valueAt(tree: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((t, key) => (t as Record<string, unknown> | undefined)?.[key], tree);
}

/** A tree that holds the values alone that differ, so that secrets nobody typed stay as they are. */
export function changesTree(changes: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    let at = out;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[keys.at(-1)!] = value;
  }
  return out;
}

/** The faults of an answer by the path of their setting. */
export function faultsByPath(fields: unknown, at = ""): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [key, v] of Object.entries((fields ?? {}) as Record<string, unknown>)) {
    const path = at ? `${at}.${key}` : key;
    const leaf = v as { code?: unknown; message?: unknown };
    if (typeof leaf.message === "string" && typeof leaf.code === "string") out[path] = leaf.message;
    else if (v && typeof v === "object") Object.assign(out, faultsByPath(v, path));
  }
  return out;
}
