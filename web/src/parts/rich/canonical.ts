/** Elements that mark a text: which one is within which other makes no difference. */
const marks = new Set(["strong", "em", "s", "u", "code", "a"]);
const other: Record<string, string> = { b: "strong", i: "em", strike: "s" };

type Token = { text: string; marks: string } | { tag: string };

/** A document in a form that is the same for documents that say the same. */
export function canonical(body: HTMLElement): string {
  const tokens: Token[] = [];
  walk(body, [], false, tokens);
  return spaced(tokens).map((t) => ("tag" in t ? t.tag : `${t.marks}${JSON.stringify(t.text)}`)).join("\n");
}

function walk(parent: Node, around: string[], pre: boolean, out: Token[]): void {
  for (const node of parent.childNodes) {
    if (node.nodeType === 8) out.push({ tag: "<!---->" });
    if (node.nodeType === 3) out.push(pre ? { tag: JSON.stringify(node.textContent) } : { text: node.textContent!, marks: around.toSorted().join("") });
    if (node.nodeType !== 1) continue;
    const el = node as Element;
    const name = other[el.tagName.toLowerCase()] ?? el.tagName.toLowerCase();
    const open = `<${[name, ...[...el.attributes].map((a) => `${a.name}=${JSON.stringify(a.value)}`).toSorted()].join(" ")}>`;
    if (marks.has(name) && !pre) walk(el, [...around, open], pre, out);
    else {
      // A picture keeps the marks around it, as a text does.
      out.push({ tag: name === "img" || name === "br" ? around.toSorted().join("") + open : open });
      walk(el, [], pre || name === "pre", out);
      if (name !== "br" && name !== "img") out.push({ tag: `</${name}>` });
    }
  }
}

/** Joins texts with the same marks, and takes out the white space that no browser shows. */
function spaced(tokens: Token[]): Token[] {
  const out: Token[] = [];
  const last = () => out.at(-1);
  for (const t of tokens) {
    const before = last();
    if ("tag" in t) {
      if (before && "text" in before && !t.tag.includes("<img")) before.text = before.text.replace(/ $/, "");
      if (before && "text" in before && !before.text) out.pop();
      out.push(t);
      continue;
    }
    const started = !before || ("tag" in before && !before.tag.includes("<img")) || ("text" in before && before.text.endsWith(" "));
    const text = t.text.replace(/[ \t\r\n\f]+/g, " ").replace(started ? /^ / : /^$/, "");
    if (!text) continue;
    if (before && "text" in before && before.marks === t.marks) before.text += text;
    else out.push({ text, marks: t.marks });
  }
  const end = last();
  if (end && "text" in end && !(end.text = end.text.replace(/ $/, ""))) out.pop();
  return out;
}
