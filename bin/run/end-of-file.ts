/**
 * Loaded before each test file: ends its process a moment after its last test, whatever a failed
 * test left open; the moment is for what it still has to say.
 */
import { after } from "node:test";

const LAST_WORDS_MS = 2_000;

after(() => {
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
});
