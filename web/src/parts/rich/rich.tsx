import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { listOf, type EditorProps, type Row } from "@/fields/kind";
import { collectionQuery } from "@/lib/collections";
import { pb } from "@/lib/pb";
import { Button } from "@/parts/button";
import { CodeField } from "@/parts/code/field";
import type { Language } from "@/parts/code/language";
import { Segmented } from "@/parts/input";
import { Preview } from "@/parts/preview";
import { loss } from "@/parts/rich/html";
import { RichText } from "@/parts/rich/text";
import type { Picture } from "@/parts/rich/toolbar";

type View = "rich" | "source" | "preview";

const html: Language = { kind: "html" };

/**
 * HTML as a text that looks as it will, as its source, or as a page. The rich view is offered when it can hold all that
 * is there; else the source is shown, with what would be lost.
 */
export function RichField({ field, value, onChange, wired, row, disabled }: EditorProps) {
  const text = String(value ?? "");
  // What the rich view may show: it wrote it, or was told to take it as it is.
  const [fits, setFits] = useState<string>();
  const [view, setView] = useState<View>("rich");
  const lost = useLoss(text, text === fits, view === "source");
  const pictures = usePictures(row);
  useEffect(() => {
    if (view === "rich" && lost) setView("source");
  }, [view, lost]);
  const shown = view === "rich" && lost ? "source" : view;
  const options = [...(lost ? [] : [{ value: "rich" as const, name: "Text" }]), { value: "source" as const, name: "Source" }, { value: "preview" as const, name: "Preview" }];
  return (
    <div className="flex flex-col gap-1">
      {shown === "rich" && <RichText name={field.name} html={text} wired={wired} disabled={disabled} pictures={pictures} onChange={(now) => (setFits(now), onChange(now))} />}
      {shown === "source" && <CodeField wired={wired} language={html} className="min-h-32" disabled={disabled} value={text} onChange={onChange} />}
      {shown === "preview" && <Preview title={`Preview of ${field.name}`} html={text} />}
      <div className="flex flex-wrap items-start justify-between gap-2">
        {lost ? <p className="min-w-40 flex-1 text-grid text-muted">Shown as its source: it has {lost}, which the text view would lose.</p> : <span />}
        <div className="flex flex-wrap gap-1">
          {lost && !disabled && <Button look="quiet" className="h-7! text-grid!" onClick={() => (setFits(text), setView("rich"))}>Edit as text without it</Button>}
          <Segmented label={`View of ${field.name}`} value={shown} onChange={setView} options={options} />
        </div>
      </div>
    </div>
  );
}

/** What the rich view would lose. While the source is being typed, it is looked at when the typing pauses. */
function useLoss(text: string, fits: boolean, typing: boolean): string | undefined {
  const [found, setFound] = useState(() => ({ text, lost: loss(text) }));
  const late = !fits && found.text !== text;
  if (late && !typing) setFound({ text, lost: loss(text) });
  useEffect(() => {
    if (!late) return;
    const soon = setTimeout(() => setFound({ text, lost: loss(text) }), 200);
    return () => clearTimeout(soon);
  }, [late, text]);
  return fits ? undefined : found.lost;
}

const isPicture = /\.(png|jpe?g|gif|webp|avif|svg)$/i;

/** The pictures that anybody may fetch among the files of a record. */
function usePictures(row: Row | undefined): Picture[] {
  const { data } = useQuery({ ...collectionQuery(row?.collectionName ?? ""), enabled: !!row });
  if (!row || !data) return [];
  const names = data.fields.filter((f) => f.type === "file" && !f["protected"]).flatMap((f) => listOf(row[f.name]));
  return names.filter((n) => isPicture.test(n)).map((name) => ({ name, url: pb.files.getURL(row, name) }));
}
