import type { Row } from "@/fields/kind";
import type { Collection } from "@/lib/collections";
import { apiBase, pb } from "@/lib/pb";
import { beginning, inJavaScript } from "@/parts/snippets/languages";
import { secret } from "@/parts/snippets/values";

/** A program that makes records like these by the SDK. What the server sets and files are not in it; passwords come from the environment. */
export function scriptOf(c: Collection, rows: Row[]): string {
  const fields = c.fields.filter((f) => !["autodate", "file", "password"].includes(f.type) && f.name !== "tokenKey");
  const own = c.type === "auth" ? { password: secret, passwordConfirm: secret } : {};
  const lines = rows.map((row) => `  ${inJavaScript({ ...Object.fromEntries(fields.map((f) => [f.name, row[f.name]])), ...own })},\n`);
  const as = { collection: "_superusers", identity: String(pb.authStore.record?.["email"] ?? "") };
  return `${beginning(apiBase, as)}\nconst records = [\n${lines.join("")}];\nfor (const record of records) await pb.collection(${inJavaScript(c.name)}).create(record);\n`;
}
