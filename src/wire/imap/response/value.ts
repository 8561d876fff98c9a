/**
 * A value as a server writes it: an atom or number is a string (Latin-1, as written), a quoted string or literal its
 * octets, NIL null, a parenthesized list an array. RFC 9051 section 4.
 */
export type ImapValue = string | Uint8Array | null | readonly ImapValue[] | StreamedLiteral;

/** A literal whose octets were handed on while they came. */
export class StreamedLiteral {
  readonly sizeBytes: number;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
  }
}

/** Octets as Latin-1 (one character an octet); of an atom its text. Undefined for lists and NIL. */
export function octetsOf(value: ImapValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : undefined;
}

/** As text: UTF-8 where it is, else Latin-1. Undefined for lists and NIL. */
export function textOf(value: ImapValue | undefined): string | undefined {
  const octets = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  if (!(octets instanceof Uint8Array)) return undefined;
  const text = Buffer.from(octets).toString('utf8');
  return text.includes('\ufffd') ? Buffer.from(octets).toString('latin1') : text;
}

export function listOf(value: ImapValue | undefined): readonly ImapValue[] | undefined {
  return isList(value) ? value : undefined;
}

/** A number below 2^53; undefined otherwise. */
export function numberOf(value: ImapValue | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,16}$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** mod-sequence-value: below 2^63. RFC 7162 section 7. */
export function modseqOf(value: ImapValue | undefined): bigint | undefined {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : undefined;
}

export function wordsOf(value: ImapValue | undefined): readonly string[] {
  return (listOf(value) ?? []).filter((item) => typeof item === 'string');
}

function isList(value: ImapValue | undefined): value is readonly ImapValue[] {
  return Array.isArray(value);
}
