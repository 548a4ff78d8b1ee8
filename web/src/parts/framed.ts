const tags = /<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/gi;
const styled = /"[^"]*"|'[^']*'|([\s/])style(?=\s*=)/gi;

/**
 * HTML whose style attributes are called data-style. Parsing it breaks no content policy: a browser reports style
 * attributes even in documents that are never shown.
 */
export const unstyled = (html: string): string => html.replace(tags, (tag) => tag.replace(styled, (all, before?: string) => (before ? `${before}data-style` : all)));

/** What a frame may fetch: pictures that stand in the text, or that our own server has. */
const policy = (origin: string) => `default-src 'none'; img-src data: ${origin}; style-src 'unsafe-inline'`;

/**
 * HTML of somebody else's as the document of a frame without scripts. Such a frame keeps to the content policy of the
 * page around it, which refuses styles that do not know its nonce: style elements are told it, and each style attribute
 * becomes a rule that is as strong as one.
 */
export function framed(html: string, nonce: string, look = ""): string {
  const told = unstyled(html).replace(/<style(?=[\s>])/gi, `<style nonce="${nonce}"`);
  const doc = new DOMParser().parseFromString(told, "text/html");
  const read = document.createElement("i").style;
  const rules = [...doc.querySelectorAll<HTMLElement>("[data-style]")].map((el, i) => {
    read.cssText = el.dataset["style"]!;
    el.dataset["style"] = String(i);
    return `[data-style="${i}"]:not(#_):not(#_) { ${read.cssText} }`;
  });
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy(location.origin)}">`;
  return `<!doctype html>${meta}<style nonce="${nonce}">${[look, ...rules].join("\n").replaceAll("<", "\\3c ")}</style>${doc.documentElement.outerHTML}`;
}
