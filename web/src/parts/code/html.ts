import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { html as language, htmlLanguage } from "@codemirror/lang-html";
import type { Extension } from "@codemirror/state";

/** HTML, with placeholders on offer after a brace, within texts and attributes alike. */
export const html = (words: string[]): Extension => [language(), htmlLanguage.data.of({ autocomplete: placeholders(words) })];

function placeholders(words: string[]) {
  const options = words.map((w) => ({ label: `{${w}}`, type: "variable" }));
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/\{[\w:]*/);
    // The brace that closeBrackets has set behind the caret is taken over.
    return word && { from: word.from, to: context.state.sliceDoc(context.pos, context.pos + 1) === "}" ? context.pos + 1 : undefined, options, validFor: /^\{[\w:]*\}?$/ };
  };
}
