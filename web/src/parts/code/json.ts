import { json as language, jsonParseLinter } from "@codemirror/lang-json";
import { linter } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";

const parse = jsonParseLinter();

/** JSON, whose first mistake is marked where it stands. Nothing at all is no mistake: it is null. */
export const json = (): Extension => [language(), linter((view) => (view.state.doc.toString().trim() ? parse(view) : []), { delay: 300 })];
