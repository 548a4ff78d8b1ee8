const sheet = `
.rich { min-height: 8rem; max-height: 24rem; overflow: auto; padding: 8px 10px; border: 1px solid var(--border); border-radius: 0 0 4px 4px; background: var(--bg); color: var(--text); font-size: 14px; line-height: 1.5; overflow-wrap: anywhere; }
.rich[aria-readonly] { background: var(--panel); border-radius: 4px; }
.rich[aria-invalid] { border-color: var(--danger); }
.rich > * + * { margin-top: .6em; }
.rich :is(h1, h2, h3, h4, h5, h6) { font-weight: 600; line-height: 1.25; }
.rich h1 { font-size: 1.5em; }
.rich h2 { font-size: 1.3em; }
.rich h3 { font-size: 1.15em; }
.rich ul { list-style: disc; }
.rich ol { list-style: decimal; }
.rich :is(ul, ol) { padding-inline-start: 1.4em; }
.rich blockquote { border-inline-start: 3px solid var(--line); padding-inline-start: .8em; color: var(--muted); }
.rich a { color: var(--accent); text-decoration: underline; }
.rich :is(code, pre) { font-family: var(--font-mono); font-size: .92em; background: var(--panel); border-radius: 4px; }
.rich code { padding: 0 3px; }
.rich pre { padding: 6px 8px; overflow-x: auto; }
.rich pre code { padding: 0; }
.rich hr { border-top: 1px solid var(--border); }
.rich .picture { display: inline-block; max-width: 100%; vertical-align: bottom; }
.rich span.picture { border: 1px dashed var(--border); border-radius: 4px; padding: 0 6px; color: var(--muted); }
.rich .ProseMirror-selectednode { outline: 2px solid var(--accent); }
`;

let dressed = false;

/** Brings the styles of rich text to the page, once. A sheet that a script makes needs no nonce. */
export function dress(): void {
  if (dressed) return;
  dressed = true;
  const made = new CSSStyleSheet();
  made.replaceSync(sheet);
  document.adoptedStyleSheets.push(made);
}
