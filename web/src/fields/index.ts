import { bool } from "@/fields/bool";
import { autodate, date } from "@/fields/date";
import { editor } from "@/fields/editor";
import { email } from "@/fields/email";
import { file } from "@/fields/file";
import { geoPoint } from "@/fields/geopoint";
import { json } from "@/fields/json";
import type { FieldKind } from "@/fields/kind";
import { number } from "@/fields/number";
import { password } from "@/fields/password";
import { relation } from "@/fields/relation";
import { select } from "@/fields/select";
import { text } from "@/fields/text";
import { url } from "@/fields/url";

/** Every field type, in the order in which they are offered. */
export const kinds: FieldKind[] = [text, editor, number, bool, email, url, date, autodate, select, file, relation, json, geoPoint, password];

const byType = new Map(kinds.map((k) => [k.type, k]));

/** The kind of a field; what nobody here knows is shown as text. */
export const kindOf = (f: { type: string }): FieldKind => byType.get(f.type) ?? text;
