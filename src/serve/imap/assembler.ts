import { findLiteralMark, type LiteralMark } from '../../wire/imap/literal-mark.ts';

/** How much one command may hold. */
export interface AssemblyLimits {
  /** Octets of all its lines together, without literals. */
  readonly lineBytes: number;
  /** Octets of one literal. */
  readonly literalBytes: number;
  /** Octets of all its literals. */
  readonly allLiteralBytes: number;
  readonly literals: number;
}

/** Before login nobody needs more than a name and a password. */
export const limitsBeforeLogin: AssemblyLimits = {
  lineBytes: 16 * 1024,
  literalBytes: 4096,
  allLiteralBytes: 64 * 1024,
  literals: 20,
};

export const limitsAfterLogin: AssemblyLimits = {
  lineBytes: 64 * 1024,
  literalBytes: 100_000,
  allLiteralBytes: 1024 * 1024,
  literals: 1000,
};

/** What a line makes of the command so far. */
export type Step =
  /** The command is whole: its text, literals in place. */
  | { readonly kind: 'complete'; readonly text: string }
  /** A literal follows. */
  | { readonly kind: 'literal'; readonly mark: LiteralMark }
  /** Too much; `mark`: of the literal that was announced, if one was. */
  | { readonly kind: 'too-big'; readonly mark: LiteralMark | undefined };

const headChars = 300;
/** APPEND: the mailbox may be a literal, and URLs in front of the first octets (CATENATE). */
const literalsBeforeMessage = 4;

/** Puts lines and literals together into the text that ImapReader reads. Keeps nothing between commands. */
export class CommandAssembler {
  private text = '';
  private literals = 0;
  private literalBytes = 0;
  /** The beginning of the first line: enough to tell which command it is without touching the rest. */
  private head = '';

  /** Adds a line without its CRLF. After `complete` the next line starts a new command; after `too-big` call `take`. */
  addLine(line: string, limits: AssemblyLimits): Step {
    if (this.text === '') this.head = line.slice(0, headChars);
    this.text += line;
    const mark = findLiteralMark(line);
    if (this.text.length - this.literalBytes > limits.lineBytes) return this.refuse(mark);
    if (mark === undefined) return { kind: 'complete', text: this.take() };
    this.literals++;
    const tooBig =
      mark.sizeBytes > limits.literalBytes ||
      this.literalBytes + mark.sizeBytes > limits.allLiteralBytes ||
      this.literals > limits.literals;
    return tooBig ? this.refuse(mark) : { kind: 'literal', mark };
  }

  /**
   * What was put together so far, if a message may be next: `is` judges by the beginning of the command. Only the
   * first few literals can be followed by a message, so a long command is not looked at again and again.
   */
  beforeMessage(is: (head: string) => boolean): string | undefined {
    return this.literals <= literalsBeforeMessage && is(this.head) ? this.text : undefined;
  }

  /** The literal that was announced begins: call once before its octets. */
  beginLiteral(): void {
    this.text += '\r\n';
  }

  addOctets(octets: Uint8Array): void {
    this.literalBytes += octets.length;
    this.text += Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  }

  /** Forgets what was begun, and returns it. */
  take(): string {
    const { text } = this;
    this.text = '';
    this.literals = 0;
    this.literalBytes = 0;
    return text;
  }

  private refuse(mark: LiteralMark | undefined): Step {
    return { kind: 'too-big', mark };
  }
}
