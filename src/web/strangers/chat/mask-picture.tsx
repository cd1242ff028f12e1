/** A stranger as a coloured circle with an initial. */
import type { Mask } from "#protocol/stranger.ts";

/** Decoration: whoever uses it says the name in words. */
export function MaskPicture({ mask }: { readonly mask: Mask }) {
  const { name, hue } = mask;
  return (
    <span class="avatar" data-hue="mask" style={{ "--hue": hue }} aria-hidden="true">
      {name.charAt(0).toUpperCase()}
    </span>
  );
}
