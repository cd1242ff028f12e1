/** A link that is shown once: as a QR code, and to be copied. */
import { untilWords } from "#web/chat/moments.ts";
import { CopyLine } from "#web/widgets/copy-line.tsx";
import { QrCode } from "./qr-code.tsx";

export interface SecretLinkProps {
  readonly address: string;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly words: string;
}

export function SecretLink({ address, expires, words }: SecretLinkProps) {
  return (
    <div class="secret-link">
      <QrCode text={address} label="The link as a QR code" />
      <div class="secret-link-words">
        <p>{words}</p>
        <p class="dialog-hint">It works {untilWords(expires)}, and is not shown again.</p>
        <CopyLine label="Link" text={address} verb="Copy link" />
      </div>
    </div>
  );
}

/** The address that carries a secret behind its `#`, which reaches no server's log. */
export function secretAddress(what: "join" | "sign-in", token: string): string {
  return `${location.origin}${location.pathname}#${what}=${token}`;
}
