/** The first address of a list: its octets as they stand in the ENVELOPE; undefined for NIL. RFC 9051 section 7.5.2. */
export interface StoredAddress {
  readonly name: string | undefined;
  readonly mailbox: string | undefined;
  readonly host: string | undefined;
}

/** What sorting and threading take from an ENVELOPE. Octets, one character each; '' or undefined where it has NIL. */
export interface StoredEnvelope {
  readonly subject: string;
  readonly from: StoredAddress | undefined;
  readonly to: StoredAddress | undefined;
  readonly cc: StoredAddress | undefined;
  readonly inReplyTo: string;
  readonly messageId: string;
}

/** Reads the text that mime/print-envelope.ts made. One pass; anything else reads as if the rest were NIL. */
export function parseStoredEnvelope(envelope: string): StoredEnvelope {
  const reader = new EnvelopeReader(envelope);
  reader.at = 1;
  reader.nstring();
  const subject = reader.nstring() ?? '';
  const from = reader.firstAddress();
  reader.firstAddress();
  reader.firstAddress();
  const to = reader.firstAddress();
  const cc = reader.firstAddress();
  reader.firstAddress();
  return { subject, from, to, cc, inReplyTo: reader.nstring() ?? '', messageId: reader.nstring() ?? '' };
}

class EnvelopeReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** A string, or undefined for NIL, and the space after it. */
  nstring(): string | undefined {
    const { text } = this;
    let value: string | undefined;
    const code = text.charCodeAt(this.at);
    if (code === 34) value = this.quoted();
    else if (code === 123) value = this.literal();
    else this.at += 3;
    if (text.charCodeAt(this.at) === 32) this.at++;
    return value;
  }

  private quoted(): string {
    const { text } = this;
    const start = this.at + 1;
    let end = start;
    let escaped = false;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 34) break;
      if (code !== 92) continue;
      escaped = true;
      end++;
    }
    this.at = end + 1;
    const value = text.slice(start, end);
    return escaped ? value.replace(/\\(.)/gs, '$1') : value;
  }

  private literal(): string {
    const { text } = this;
    const lineEnd = text.indexOf('\r\n', this.at);
    const size = lineEnd < 0 ? NaN : Number(text.slice(this.at + 1, lineEnd - 1));
    if (!Number.isSafeInteger(size)) {
      this.at = text.length;
      return '';
    }
    this.at = lineEnd + 2 + size;
    return text.slice(lineEnd + 2, this.at);
  }

  /** `"(" 1*address ")" / nil`, and the space after it. */
  firstAddress(): StoredAddress | undefined {
    const { text } = this;
    if (text.charCodeAt(this.at) !== 40) {
      this.at += 4;
      return undefined;
    }
    this.at++;
    let first: StoredAddress | undefined;
    while (text.charCodeAt(this.at) === 40) {
      this.at++;
      const name = this.nstring();
      this.nstring();
      const mailbox = this.nstring();
      const host = this.nstring();
      first ??= { name, mailbox, host };
      this.at++;
    }
    this.at += 2;
    return first;
  }
}
