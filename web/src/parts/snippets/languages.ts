import { queryText, type Request } from "@/parts/snippets/request";
import { secret } from "@/parts/snippets/values";

/** A language of examples: what writes a request in it. */
export interface Language {
  slug: string;
  name: string;
  write: (r: Request, base: string) => string;
}

export const languages: Language[] = [
  { slug: "javascript", name: "JavaScript", write: javascript },
  { slug: "dart", name: "Dart", write: dart },
  { slug: "curl", name: "curl", write: curl },
];

/** How a language writes what all have. */
interface Words {
  text: (s: string) => string;
  key: (s: string) => string;
  secret: string;
}

const js: Words = { text: JSON.stringify, key: (s) => (s === "__proto__" ? `["__proto__"]` : /^[A-Za-z_$][\w$]*$/.test(s) ? s : JSON.stringify(s)), secret: "process.env.PASSWORD" };
const darts: Words = { text: (s) => JSON.stringify(s).replaceAll("$", "\\$"), key: (s) => darts.text(s), secret: `Platform.environment["PASSWORD"]!` };

/** A value as the language writes it; an object of a body has a line for each of its keys. */
function literal(v: unknown, w: Words, indent = ""): string {
  if (v === secret) return w.secret;
  if (typeof v === "string") return w.text(v);
  if (Array.isArray(v)) return `[${v.map((x) => literal(x, w)).join(", ")}]`;
  if (v === null || typeof v !== "object") return String(v);
  const entries = Object.entries(v).map(([k, x]) => `${w.key(k)}: ${literal(x, w)}`);
  return indent ? `{\n${entries.map((e) => `${indent}  ${e},\n`).join("")}${indent}}` : `{ ${entries.join(", ")} }`;
}

/** The arguments of a call; those that are absent are left out. */
const args = (...all: (string | false | undefined)[]): string => `(${all.filter(Boolean).join(", ")})`;

function javascript(r: Request, base: string): string {
  const of = (collection: string) => `pb.collection(${js.text(collection)})`;
  const rest = r.query.filter(([k]) => k !== "page" && k !== "perPage");
  const options = rest.length > 0 && `{\n${rest.map(([k, v]) => `  ${k}: ${js.text(v)},\n`).join("")}}`;
  const page = (name: string) => r.query.find(([k]) => k === name)?.[1];
  const body = r.body && `{\n${Object.entries(r.body).map(([k, v]) => `  ${js.key(k)}: ${literal(v, js)},\n`).join("")}}`;
  const id = js.text(r.id ?? "");
  const call = {
    list: `const page = await ${of(r.collection)}.getList${args(page("page"), page("perPage"), options)};\nconsole.log(page.items);`,
    view: `const record = await ${of(r.collection)}.getOne${args(id, options)};\nconsole.log(record);`,
    create: `const record = await ${of(r.collection)}.create${args(body, options)};\nconsole.log(record);`,
    update: `const record = await ${of(r.collection)}.update${args(id, body, options)};\nconsole.log(record);`,
    delete: `await ${of(r.collection)}.delete(${id});`,
    subscribe: `// Node has its EventSource behind --experimental-eventsource.\nawait ${of(r.collection)}.subscribe${args(`"*"`, "(e) => console.log(e.action, e.record)", options)};`,
    "sign-in": `const signedIn = await ${of(r.collection)}.authWithPassword${args(js.text(r.identity ?? ""), js.secret, options)};\nconsole.log(signedIn.record, signedIn.token);`,
  }[r.slug];
  return `${beginning(base, r.as)}\n${call}\n`;
}

/** How a program in JavaScript begins: its client, signed in. */
export function beginning(base: string, as: Request["as"]): string {
  const signIn = as ? `await pb.collection(${js.text(as.collection)}).authWithPassword(${js.text(as.identity)}, ${js.secret});\n` : "";
  return `import PocketBase from "pocketbase";\n\nconst pb = new PocketBase(${js.text(base)});\n${signIn}`;
}

/** A value as JavaScript writes it, on one line. */
export const inJavaScript = (v: unknown): string => literal(v, js);

function dart(r: Request, base: string): string {
  const of = (collection: string) => `pb.collection(${darts.text(collection)})`;
  const named = r.query.map(([k, v]) => `    ${k}: ${k === "page" || k === "perPage" ? v : darts.text(v)},\n`).join("");
  const body = r.body ? `    body: ${literal(r.body, darts, "    ")},\n` : "";
  const id = r.id === undefined ? "" : `    ${darts.text(r.id)},\n`;
  const call = (method: string, ...lines: string[]) => `await ${of(r.collection)}.${method}(${lines.join("") && `\n${lines.join("")}  `})`;
  const code = {
    list: `  final page = ${call("getList", named)};\n  print(page.items);`,
    view: `  final record = ${call("getOne", id, named)};\n  print(record);`,
    create: `  final record = ${call("create", body, named)};\n  print(record);`,
    update: `  final record = ${call("update", id, body, named)};\n  print(record);`,
    delete: `  await ${of(r.collection)}.delete(${darts.text(r.id ?? "")});`,
    subscribe: `  ${call("subscribe", `    "*",\n    (e) => print("\${e.action} \${e.record}"),\n`, named)};`,
    "sign-in": `  final signedIn = ${call("authWithPassword", `    ${darts.text(r.identity ?? "")},\n    ${darts.secret},\n`, named)};\n  print("\${signedIn.record} \${signedIn.token}");`,
  }[r.slug];
  const as = r.as ? `  await ${of(r.as.collection)}.authWithPassword(${darts.text(r.as.identity)}, ${darts.secret});\n` : "";
  const io = code.includes("Platform.") || as ? `import "dart:io";\n\n` : "";
  return `${io}import "package:pocketbase/pocketbase.dart";\n\nFuture<void> main() async {\n  final pb = PocketBase(${darts.text(base)});\n${as}\n${code}\n}\n`;
}

/** A word of a shell, whatever is in it. */
const quoted = (s: string): string => `'${s.replaceAll("'", `'\\''`)}'`;

const password = `--data-urlencode "password=$PASSWORD"`;

function curl(r: Request, base: string): string {
  const token = r.as
    ? `TOKEN=$(curl -sS ${quoted(`${base}/api/collections/${encodeURIComponent(r.as.collection)}/auth-with-password?fields=token`)} \\\n  --data-urlencode ${quoted(`identity=${r.as.identity}`)} \\\n  ${password} | cut -d '"' -f 4)\n\n`
    : "";
  const header = r.as ? [`-H "Authorization: $TOKEN"`] : [];
  if (r.slug === "subscribe") return token + listening(r, base, header);
  const reading = r.method === "GET";
  const start = reading
    ? `curl -sS${r.query.length ? "G" : ""} ${quoted(base + r.path)}`
    : `curl -sS ${r.method === "POST" ? "" : `-X ${r.method} `}${quoted(base + r.path + queryText(r.query))}`;
  const what = reading ? r.query.map(([k, v]) => `--data-urlencode ${quoted(`${k}=${v}`)}`) : r.slug === "sign-in" ? [`--data-urlencode ${quoted(`identity=${r.identity}`)}`, password] : bodyLines(r.body);
  return `${token}${[start, ...header, ...what].join(" \\\n  ")}\n`;
}

/** A body as JSON. A password cannot be put into it by a shell, whatever is in it; it goes beside it in a form. */
function bodyLines(body: Request["body"]): string[] {
  if (!body) return [];
  const open = Object.entries(body).filter(([, v]) => v !== secret);
  const json = JSON.stringify(Object.fromEntries(open), null, 2);
  const secrets = Object.keys(body).filter((k) => body[k] === secret);
  if (!secrets.length) return [`-H 'Content-Type: application/json'`, `-d ${quoted(json)}`];
  return [`--form-string ${quoted(`@jsonPayload=${json}`)}`, ...secrets.map((k) => `--form-string "${k}=$PASSWORD"`)];
}

/** Opens the stream, and subscribes with the id that its first event has. */
function listening(r: Request, base: string, header: string[]): string {
  const options = r.query.length ? `?options=${encodeURIComponent(JSON.stringify({ query: Object.fromEntries(r.query) }))}` : "";
  const topics = JSON.stringify([`${r.collection}/*${options}`]);
  const post = ["curl -sS \"$URL\"", ...header, `-H 'Content-Type: application/json'`, `-d '{"clientId":"'"$client"'","subscriptions":${quoted(topics).slice(1, -1)}}'`].join(" \\\n      ");
  return `URL=${quoted(base + r.path)}
curl -sSN "$URL" | while read -r line; do
  case $line in
    'data:{"clientId":"'*)
      client=\${line#*:*:\\"}
      client=\${client%%\\"*}
      ${post} ;;
    data:*) echo "\${line#data:}" ;;
  esac
done
`;
}
