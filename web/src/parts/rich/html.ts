import { DOMParser as Reader, DOMSerializer, type Node } from "@tiptap/pm/model";
import { unstyled } from "@/parts/framed";
import { canonical } from "@/parts/rich/canonical";
import { schema } from "@/parts/rich/schema";

/** A document that is never shown: nothing in it is fetched or run. */
const inert = (html: string): HTMLElement => new DOMParser().parseFromString(unstyled(html), "text/html").body;

/** HTML as a text of the rich view. What that does not know is left out: ask [loss] first. */
export const read = (html: string): Node => Reader.fromSchema(schema).parse(inert(html));

/** A text of the rich view as HTML. An item of a list that is one paragraph is written without it; nothing as "". */
export function write(doc: Node): string {
  return doc.childCount === 1 && doc.firstChild!.type.name === "paragraph" && doc.firstChild!.childCount === 0 ? "" : written(doc).innerHTML;
}

function written(doc: Node): HTMLElement {
  const body = inert("");
  body.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document: body.ownerDocument }));
  return tight(body);
}

/** Takes the paragraph out of list items that have but one. */
function tight(body: HTMLElement): HTMLElement {
  for (const item of body.querySelectorAll("li")) {
    const [first, ...rest] = item.children;
    if (first?.tagName === "P" && !first.attributes.length && !rest.some((el) => el.tagName === "P")) first.replaceWith(...first.childNodes);
  }
  return body;
}

/**
 * What HTML would lose by going through the rich view, in words; undefined when it stays what it is. Which words for
 * bold, how lists are wrapped and where lines are broken between paragraphs is not counted as a loss.
 */
export function loss(html: string): string | undefined {
  if (!html.trim()) return undefined;
  if (/<style[\s>]/i.test(html)) return "a style sheet";
  const before = tight(inert(html));
  const after = inert(written(read(html)).innerHTML);
  if (canonical(before) === canonical(after)) return undefined;
  return missing(before, after) ?? "the way in which it is nested";
}

/** The first part of a document that another one has no more. */
function missing(before: HTMLElement, after: HTMLElement): string | undefined {
  const here = before.ownerDocument;
  if (here.createNodeIterator(here, NodeFilter.SHOW_COMMENT).nextNode()) return "a comment";
  if (here.head.childElementCount) return `<${here.head.firstElementChild!.tagName.toLowerCase()}>`;
  for (const el of before.querySelectorAll("*")) {
    const tag = el.tagName.toLowerCase();
    const same = [...after.querySelectorAll(alike(tag))];
    if (!same.length) return tag === "a" ? "a link that is none" : `<${tag}>`;
    for (const { name, value } of el.attributes) if (!same.some((s) => s.getAttribute(name) === value)) return `the attribute ${name === "data-style" ? "style" : name} of <${tag}>`;
  }
  return [...before.childNodes].some((n) => n.nodeType === 3 && n.textContent!.trim()) ? "text outside of paragraphs" : undefined;
}

const alike = (tag: string): string => ({ b: "b, strong", i: "i, em", strike: "strike, s" })[tag] ?? tag;
