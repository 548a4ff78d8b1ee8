import { expect, test } from "vitest";
import { loss, read, write } from "@/parts/rich/html";

const through = (html: string) => write(read(html));

test.each([
  "",
  "<p>Plain</p>",
  "<h1>One</h1><h3>Three</h3><p>a<br>b</p><hr>",
  "<p><strong>bold</strong> <em>and</em> <s>no</s> <u>line</u> <code>x &lt; y</code></p>",
  "<ul><li>one<ul><li>within</li></ul></li><li>two</li></ul>",
  '<ol start="3"><li>three</li></ol>',
  "<ul><li><p>one</p><p>more</p></li></ul>",
  "<blockquote><p>said</p></blockquote>",
  '<pre><code class="language-go">a := 1\n\n\tb</code></pre>',
  '<p><a href="https://example.org/a?b=1&amp;c=2">there</a> <a target="_blank" rel="noopener" href="/x">y</a></p>',
  '<p><img src="/api/files/a/b/c.png" alt="A cat" width="20"></p>',
  "<p>Zoë &amp; 日本 🦊&nbsp;&nbsp;end</p>",
])("%s stays what it is, to the letter", (html) => {
  expect(loss(html)).toBeUndefined();
  expect(canonicalLetters(through(html))).toBe(canonicalLetters(html));
});

/** Attributes in one order: a browser writes them as they were set. */
const canonicalLetters = (html: string) => html.replace(/<(\w+) ([^>]*)>/g, (_, tag: string, attrs: string) => `<${tag} ${attrs.split(/ (?=\w+=)/).toSorted().join(" ")}>`);

test.each(["<p>Post <b>1</b> <i>x</i></p>", "<p>a</p>\n\n<p>b</p>\n", "<ul>\n  <li><p>one</p></li>\n</ul>", "<p><em><strong>x</strong></em></p>", "<p>a\n  b <strong> c</strong></p>", "<p>a<br/>b</p>"])("%s says the same", (html) => {
  expect(loss(html)).toBeUndefined();
  expect(through(through(html))).toBe(through(html));
});

test.each([
  ["<table><tr><td>1</td></tr></table>", "<table>"],
  ["<div>a</div>", "<div>"],
  ['<p class="lead">a</p>', "the attribute class of <p>"],
  ['<p style="color: red">a</p>', "the attribute style of <p>"],
  ["<p>a<!-- note --></p>", "a comment"],
  ["<p>a</p><script>alert(1)</script>", "<script>"],
  ["<style>p { color: red }</style><p>a</p>", "a style sheet"],
  ['<p><img src="x" onerror="alert(1)"></p>', "the attribute onerror of <img>"],
  ['<p><a href="javascript:alert(1)">x</a></p>', "a link that is none"],
  ["<object><p>a</p></object>", "<object>"],
  ["<p>a <del>b</del></p>", "<del>"],
  ['<p><a href="/x" download="">x</a></p>', "the attribute download of <a>"],
  ["only text", "text outside of paragraphs"],
  ["<p>a</p> and text", "text outside of paragraphs"],
  ["<p><video controls src=x></video></p>", "<video>"],
  ["<p>H<sub>2</sub>O</p>", "<sub>"],
])("%s would lose %s", (html, what) => {
  expect(loss(html)).toBe(what);
});
