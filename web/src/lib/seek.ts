import { presentable, type Collection } from "@/lib/collections";
import { pb } from "@/lib/pb";

/** A filter that finds text in the fields that name a record. */
export function seek(c: Collection, text: string): string {
  const fields = presentable(c).filter((f) => f !== "id");
  return pb.filter(["id = {:t}", ...fields.map((f) => `${f} ~ {:t}`)].join(" || "), { t: text });
}
