import { getSchema } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { Image } from "@/parts/rich/image";

/** What the rich view knows. Nothing is added to a text that nobody has written: no last paragraph, no rel of links. */
export const extensions = [
  StarterKit.configure({
    trailingNode: false,
    link: { openOnClick: false, autolink: false, HTMLAttributes: { target: null, rel: null, class: null } },
  }),
  Image,
];

export const schema = getSchema(extensions);
