/** A link that is shown once: as a QR code, and to be copied. */
import { useSignal } from "@preact/signals";
import { untilWords } from "#web/chat/moments.ts";
import { QrCode } from "./qr-code.tsx";

export interface SecretLinkProps {
  readonly address: string;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly words: string;
}

export function SecretLink({ address, expires, words }: SecretLinkProps) {
  const isCopied = useSignal(false);
  const copy = () => {
    // Missing on pages without https; then it can be marked by hand.
    const clipboard: Clipboard | undefined = navigator.clipboard;
    clipboard?.writeText(address).then(
      () => (isCopied.value = true),
      () => undefined,
    );
  };
  return (
    <div class="secret-link">
      <QrCode text={address} label="The link as a QR code" />
      <div class="secret-link-words">
        <p>{words}</p>
        <p class="dialog-hint">It works {untilWords(expires)}, and is not shown again.</p>
        <input class="secret-link-address" readOnly aria-label="Link" value={address} />
        <button type="button" class="button-small" onClick={copy}>
          {isCopied.value ? "Copied" : "Copy link"}
        </button>
      </div>
    </div>
  );
}

/** The address that carries a secret behind its `#`, which reaches no server's log. */
export function secretAddress(what: "join" | "sign-in", token: string): string {
  return `${location.origin}/#${what}=${token}`;
}
