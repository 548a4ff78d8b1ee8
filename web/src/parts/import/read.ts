import type { Source } from "@/parts/import/source";
import type { Said } from "@/parts/import/worker";

/** Reads a file or a pasted text beside the page, which goes on meanwhile. Fault: an Error that names the line. */
export function read(from: Blob | string, signal: AbortSignal): Promise<Source> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const rows: Source["rows"] = [];
  const end = () => worker.terminate();
  signal.addEventListener("abort", end, { once: true });
  return new Promise<Source>((done, failed) => {
    worker.onerror = () => failed(new Error("The file could not be read."));
    worker.onmessage = ({ data }: MessageEvent<Said>) => {
      if ("fault" in data) failed(new Error(data.fault));
      else if ("form" in data) done({ ...data, rows });
      else {
        for (const row of data.rows) rows.push(row);
        setTimeout(() => worker.postMessage("more"));
      }
    };
    worker.postMessage(from);
  }).finally(end);
}
