import { Copy } from "lucide-react";
import { useAction } from "@/lib/keys";
import { setPrefs, usePrefs } from "@/lib/prefs";
import { Button } from "@/parts/button";
import { Segmented } from "@/parts/input";
import { copy } from "@/parts/small";
import { Code } from "@/parts/snippets/code";
import { languages, type Language } from "@/parts/snippets/languages";

/** The example in the chosen language, which is remembered. */
export function Written({ text, lang, onLang }: { text: (l: Language) => string; lang?: string; onLang?: (lang: string) => void }) {
  const { language } = usePrefs();
  const l = languages.find((x) => x.slug === lang) ?? languages.find((x) => x.slug === language) ?? languages[0]!;
  const code = text(l);
  const take = () => {
    setPrefs({ tried: true });
    void copy(code, "The example is copied.");
  };
  useAction({ id: "copy-snippet", name: "Copy the example", group: "Data", keys: ["c"], run: take });
  const choose = (slug: string) => {
    setPrefs({ language: slug });
    onLang?.(slug);
  };
  return (
    <section aria-label="Example" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segmented label="Language" value={l.slug} options={languages.map((x) => ({ value: x.slug, name: x.name }))} onChange={choose} />
        <Button icon={Copy} onClick={take}>Copy</Button>
      </div>
      <Code name={`Example in ${l.name}`} text={code} />
    </section>
  );
}
