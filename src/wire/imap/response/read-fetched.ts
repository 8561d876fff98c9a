import { parseImapDate } from '../../../mime/print-imap-date.ts';
import { readBodyStructure, type BodyPart } from './read-body-structure.ts';
import { readEnvelope, type Envelope } from './read-envelope.ts';
import { listOf, modseqOf, numberOf, octetsOf, textOf, wordsOf, type ImapValue } from './value.ts';

/** What a FETCH response says of one message; only what was asked for, and what the server tells by itself. RFC 9051 section 7.5.2. */
export interface FetchedMessage {
  /** The message number; undefined with UIDONLY (RFC 9586). */
  readonly seq: number | undefined;
  readonly uid: number | undefined;
  readonly flags: readonly string[] | undefined;
  /** RFC 7162. */
  readonly modseq: bigint | undefined;
  readonly internalDate: Date | undefined;
  readonly sizeBytes: number | undefined;
  readonly envelope: Envelope | undefined;
  readonly bodyStructure: BodyPart | undefined;
  /** RFC 8970. */
  readonly preview: string | undefined;
  /** RFC 8474. */
  readonly emailId: string | undefined;
  readonly threadId: string | undefined;
  /** RFC 8514. */
  readonly saveDate: Date | undefined;
  /** `BODY[HEADER]`, `BODY[1]<0>`, `BINARY[2]`, in upper case, with their octets; null for NIL. */
  readonly sections: ReadonlyMap<string, Uint8Array | null>;
}

/** The values of `* n FETCH (…)` or `* n UIDFETCH (…)`. */
export function readFetched(name: string, number: number | undefined, values: readonly ImapValue[]): FetchedMessage {
  const items = listOf(values[0]) ?? [];
  const found = new Map<string, ImapValue>();
  const sections = new Map<string, Uint8Array | null>();
  for (let at = 0; at + 1 < items.length; at += 2) {
    const item = items[at];
    const value = items[at + 1];
    if (typeof item !== 'string' || value === undefined) continue;
    const key = item.toUpperCase();
    if (value instanceof Uint8Array || (value === null && key.includes('['))) sections.set(key, value);
    found.set(key, value);
  }
  for (const key of sections.keys()) if (!key.includes('[') && !key.startsWith('RFC822')) sections.delete(key);
  return {
    seq: name === 'UIDFETCH' ? undefined : number,
    uid: name === 'UIDFETCH' ? number : numberOf(found.get('UID')),
    flags: found.has('FLAGS') ? wordsOf(found.get('FLAGS')) : undefined,
    modseq: modseqOf(listOf(found.get('MODSEQ'))?.[0]),
    internalDate: readDate(found.get('INTERNALDATE')),
    sizeBytes: numberOf(found.get('RFC822.SIZE')),
    envelope: readEnvelope(found.get('ENVELOPE')),
    bodyStructure: readBodyStructure(found.get('BODYSTRUCTURE') ?? found.get('BODY')),
    preview: textOf(found.get('PREVIEW')),
    emailId: octetsOf(listOf(found.get('EMAILID'))?.[0]),
    threadId: octetsOf(listOf(found.get('THREADID'))?.[0]),
    saveDate: readDate(found.get('SAVEDATE')),
    sections,
  };
}

function readDate(value: ImapValue | undefined): Date | undefined {
  const text = octetsOf(value);
  const date = text === undefined ? undefined : parseImapDate(text);
  return date?.ok ? new Date(date.value.ms) : undefined;
}
