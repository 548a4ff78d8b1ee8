import { File as FileIcon, Paperclip, Undo2, X } from "lucide-react";
import { useEffect, useId, useMemo, useState } from "react";
import { isMany, listOf, type EditorProps, type FieldKind, type Row } from "@/fields/kind";
import { pb } from "@/lib/pb";
import { IconButton } from "@/parts/button";

export const isPicture = (name: string) => /\.(png|jpe?g|gif|webp|svg|avif)$/i.test(name);

/** The names that stay and the files that are added, as the API takes them. */
export type FileValue = (string | File)[];

let token: { value: string; at: number } | undefined;

/** A token for protected files; one serves for a minute. */
export async function fileToken(): Promise<string> {
  if (!token || Date.now() - token.at > 60_000) token = { value: await pb.files.getToken(), at: Date.now() };
  return token.value;
}

/** The address of a file of a record. */
export function useFileURL(row: Row | undefined, name: string, thumb?: string, isProtected?: boolean): string {
  const [secret, setSecret] = useState(isProtected ? undefined : "");
  useEffect(() => void (isProtected && fileToken().then(setSecret)), [isProtected]);
  if (!row || secret === undefined) return "";
  return pb.files.getURL(row, name, { ...(thumb && { thumb }), ...(secret && { token: secret }) });
}

function Thumb({ row, name, size, secret }: { row: Row; name: string; size: number; secret?: boolean }) {
  const src = useFileURL(row, name, isPicture(name) && !/svg$/i.test(name) ? "100x100" : undefined, secret);
  if (!isPicture(name)) return <FileIcon size={Math.min(size, 18)} strokeWidth={1.5} aria-hidden className="shrink-0 text-muted" />;
  return src ? <img src={src} alt="" loading="lazy" decoding="async" width={size} height={size} className="shrink-0 rounded-sm object-cover" style={{ width: size, height: size }} /> : <span style={{ width: size, height: size }} />;
}

export const file: FieldKind = {
  type: "file",
  word: "File",
  icon: Paperclip,
  width: 180,
  inline: "panel",
  zero: (f) => (isMany(f) ? [] : ""),
  text: (v) => listOf(v).join(", "),
  parse: () => undefined,
  Cell: ({ value, row, field }) => (
    <span className="inline-flex items-center gap-1">
      {listOf(value).slice(0, 4).map((n) => <Thumb key={n} row={row} name={n} size={20} secret={!!field["protected"]} />)}
      <span className="truncate">{listOf(value)[0]}</span>
      {listOf(value).length > 1 && <span className="text-muted">+{listOf(value).length - 1}</span>}
    </span>
  ),
  Editor: FileEditor,
};

function FileEditor({ field, value, onChange, wired, row, disabled }: EditorProps) {
  const [over, setOver] = useState(false);
  const [odd, setOdd] = useState("");
  const about = useId();
  const kept = useMemo(() => (Array.isArray(value) ? (value as FileValue) : value ? [value as string | File] : []), [value]);
  const gone = listOf(row?.[field.name]).filter((n) => !kept.includes(n));
  const set = (list: FileValue) => onChange(isMany(field) ? list : (list.at(-1) ?? ""));
  const limit = Number(field["maxSize"] || 5 << 20);
  const add = (files: FileList | null) => {
    const all = [...(files ?? [])];
    const big = all.find((f) => f.size > limit);
    const room = Number(field["maxSelect"] ?? 1);
    setOdd(big ? `${big.name} is larger than ${Math.floor(limit / 1024)} KiB.` : "");
    if (big) return;
    set(isMany(field) ? [...kept, ...all].slice(0, Math.max(room, 1)) : all.slice(0, 1));
  };
  return (
    <div
      className={`flex flex-col gap-1 rounded-sm border border-dashed p-2 ${over ? "border-accent bg-selected" : "border-border"}`}
      onDragOver={(e) => (e.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => (e.preventDefault(), setOver(false), disabled || add(e.dataTransfer.files))}
    >
      {kept.map((f, i) => (
        <div key={i} className="flex items-center gap-2">
          {typeof f === "string" ? row && <Thumb row={row} name={f} size={36} secret={!!field["protected"]} /> : <FileIcon size={18} strokeWidth={1.5} aria-hidden />}
          {typeof f === "string" && row ? <FileLink row={row} name={f} secret={!!field["protected"]} /> : <span className="min-w-0 flex-1 truncate">{(f as File).name} <span className="text-muted">({Math.ceil((f as File).size / 1024)} KiB, new)</span></span>}
          {!disabled && <IconButton name={`Remove ${typeof f === "string" ? f : f.name}`} icon={X} onClick={() => set(kept.filter((_, at) => at !== i))} />}
        </div>
      ))}
      {gone.map((n) => (
        <div key={n} className="flex items-center gap-2 text-muted">
          <s className="min-w-0 flex-1 truncate">{n}</s>
          <IconButton name={`Keep ${n}`} icon={Undo2} onClick={() => set([n, ...kept])} />
        </div>
      ))}
      {!disabled && (
        <label className="inline-flex min-h-7 items-center gap-2 text-body text-muted">
          <input {...wired} type="file" multiple={isMany(field)} accept={((field["mimeTypes"] as string[]) ?? []).join(",")} aria-describedby={odd ? about : wired["aria-describedby"]} onChange={(e) => (add(e.target.files), (e.target.value = ""))} className="max-w-full text-grid file:mr-2 file:h-7 file:rounded-sm file:border file:border-border file:bg-bg file:px-2 file:text-body file:text-text" />
        </label>
      )}
      {odd && <p id={about} role="alert" className="text-grid text-danger">{odd}</p>}
    </div>
  );
}

function FileLink({ row, name, secret }: { row: Row; name: string; secret: boolean }) {
  const href = useFileURL(row, name, undefined, secret);
  return <a href={href} target="_blank" rel="noreferrer noopener" className="min-w-0 flex-1 truncate text-accent underline">{name}</a>;
}
