import type { AnyPart } from '../find-section.ts';
import { transferDecoder } from '../decode-transfer.ts';
import type { TransferDecoder } from '../transfer-decoder.ts';
import type { Unfit } from './find-unfit.ts';
import { rewriteHeader } from './rewrite-header.ts';
import type { HeaderChange } from './rewrite-header.ts';
import { Base64Encoder, QuotedPrintableEncoder } from './transfer-encoder.ts';
import type { TransferEncoder } from './transfer-encoder.ts';

/** A stretch of octets of the message that is treated in one way. */
type Segment = { readonly end: number } & (
  | { readonly kind: 'mask' }
  | { readonly kind: 'header'; readonly change: HeaderChange }
  | { readonly kind: 'body'; readonly decoder: TransferDecoder; readonly encoder: TransferEncoder }
);

/** More of its octets than one in four above 127: base64 is shorter, and no text that is read without decoding. */
const DENSE = 4;
const blank = 63;

/**
 * A message as 7-bit text: leaves that need it in quoted-printable or base64, headers in ASCII (RFC 6152 section 3, RFC 2045
 * section 6.1). Feed the octets in any pieces, in order; keeps one header at most. The structure stays; signatures over
 * what changes do not survive.
 */
export class SevenBitEncoder {
  readonly #segments: Segment[] = [];
  readonly #unfit: ReadonlyMap<AnyPart, Unfit>;
  #index = 0;
  #offset = 0;
  #header: Uint8Array[] = [];

  /** `root` and what `UnfitFinder` found of its leaves. */
  constructor(root: AnyPart, unfit: ReadonlyMap<AnyPart, Unfit>) {
    this.#unfit = unfit;
    this.#plan(root, true);
    this.#segments.push({ kind: 'mask', end: Number.POSITIVE_INFINITY });
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (let at = 0; at < chunk.length;) {
      const segment = this.#segments[this.#index];
      if (!segment) break;
      const piece = chunk.subarray(at, Math.min(chunk.length, at + segment.end - this.#offset));
      this.#treat(segment, piece, out);
      at += piece.length;
      this.#offset += piece.length;
      this.#finish(out);
    }
    return out.filter((piece) => piece.length > 0);
  }

  end(): Uint8Array[] {
    const out: Uint8Array[] = [];
    this.#finish(out);
    const last = this.#segments[this.#index];
    if (last) this.#complete(last, out);
    return out.filter((piece) => piece.length > 0);
  }

  /** Ends the segments that are complete; empty ones too. */
  #finish(out: Uint8Array[]): void {
    for (let segment = this.#segments[this.#index]; segment && segment.end <= this.#offset;) {
      this.#complete(segment, out);
      segment = this.#segments[++this.#index];
    }
  }

  #treat(segment: Segment, piece: Uint8Array, out: Uint8Array[]): void {
    if (segment.kind === 'mask') out.push(mask(piece));
    else if (segment.kind === 'header') this.#header.push(piece.slice());
    else out.push(segment.encoder.write(segment.decoder.write(piece)));
  }

  #complete(segment: Segment, out: Uint8Array[]): void {
    if (segment.kind === 'header') {
      const text = Buffer.concat(this.#header).toString('latin1');
      this.#header = [];
      out.push(Buffer.from(rewriteHeader(text, segment.change), 'latin1'));
    } else if (segment.kind === 'body') {
      out.push(segment.encoder.write(segment.decoder.end()), segment.encoder.end());
    }
  }

  /** Octets between the segments of parts are boundaries and text that nobody reads. */
  #plan(part: AnyPart, isMessage: boolean): void {
    const inner = part.message === undefined ? part.children : [part.message];
    const unfit = inner.length === 0 ? this.#unfit.get(part) : undefined;
    const encoding = unfit
      ? chooseEncoding(part, unfit)
      : isComposite(part) && part.encoding !== '7bit'
        ? '7bit'
        : undefined;
    this.#add({ kind: 'mask', end: part.headerStart });
    this.#add({ kind: 'header', end: part.bodyStart, change: { encoding, isMessage } });
    for (const child of inner) this.#plan(child, part.message !== undefined);
    if (!unfit || encoding === undefined) return this.#add({ kind: 'mask', end: part.bodyEnd });
    const decoder = transferDecoder(part.encoding);
    if (!decoder) return this.#add({ kind: 'mask', end: part.bodyEnd });
    const encoder = encoding === 'base64' ? new Base64Encoder() : new QuotedPrintableEncoder();
    this.#add({ kind: 'body', end: part.bodyEnd, decoder, encoder });
  }

  #add(segment: Segment): void {
    if (segment.end > (this.#segments.at(-1)?.end ?? 0)) this.#segments.push(segment);
  }
}

function isComposite({ type }: AnyPart): boolean {
  return type === 'multipart' || type === 'message';
}

/** Undefined: an encoding that nobody knows, so that no other can take its place. */
function chooseEncoding(part: AnyPart, { high, other }: Unfit): 'base64' | 'quoted-printable' | undefined {
  if (part.encoding === 'base64' || part.encoding === 'quoted-printable') return part.encoding;
  if (!transferDecoder(part.encoding) || part.encoding.includes('uu')) return undefined;
  const isText = part.type === 'text' || part.type === 'message';
  const isDense = high * DENSE > part.bodyEnd - part.bodyStart;
  return isText && part.encoding !== 'binary' && other === 0 && !isDense ? 'quoted-printable' : 'base64';
}

/** Octets that no transport of 7 bits carries, where nothing can be encoded. */
function mask(octets: Uint8Array): Uint8Array {
  if (octets.every((octet) => octet < 128 && octet !== 0)) return octets;
  return octets.map((octet) => (octet < 128 && octet !== 0 ? octet : blank));
}
