import { Node } from "@tiptap/core";

/** Whether the page may show a picture: it fetches from no server but its own. */
const isOurs = (src: string): boolean => {
  try {
    const url = new URL(src, location.href);
    return url.protocol === "data:" || url.origin === location.origin;
  } catch {
    return false;
  }
};

/** A picture within a text. One of another server is named instead of shown. */
export const Image = Node.create({
  name: "image",
  group: "inline",
  inline: true,
  draggable: true,
  addAttributes: () => ({ src: { default: null }, alt: { default: null }, title: { default: null }, width: { default: null }, height: { default: null } }),
  parseHTML: () => [{ tag: "img[src]" }],
  renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
  addNodeView() {
    return ({ node }) => {
      const { src, alt } = node.attrs as { src: string; alt: string | null };
      const dom = document.createElement(isOurs(src) ? "img" : "span");
      dom.className = "picture";
      dom.title = src;
      if (dom instanceof HTMLImageElement) {
        dom.src = src;
        dom.alt = alt ?? "";
      } else dom.textContent = `Picture ${alt || src}`;
      return { dom };
    };
  },
});
