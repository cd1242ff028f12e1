/** Any character of Unicode; fast-check's own table of them takes a second to make. */
import * as fc from "fast-check";

/**
 * Every code point, the halves of surrogate pairs and unassigned ones too; small ones more often.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.nat(0x7f), fc.nat(0x3_00_00), fc.nat(0x10_ff_ff))
  .map((code) => String.fromCodePoint(code));
