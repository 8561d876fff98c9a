import { printHeaderField, printMailbox } from '../../../mime/compose-header.ts';
import { parseAddresses } from '../../../mime/parse-addresses.ts';
import { findField, parseHeader } from '../../../mime/parse-header.ts';
import type { Header } from '../../../mime/parse-header.ts';
import { printAddress } from '../../../wire/smtp/path.ts';

/** What is put in where the message has none. */
export interface MessageDefaults {
  /** Address of From. */
  readonly from: string;
  readonly fullName: string | undefined;
  readonly now: Date;
  /** Random; the left part of Message-ID. */
  readonly id: string;
  /** Goes behind addresses that have no domain, such as `root`. */
  readonly domain: string;
}

export interface PreparedMessage {
  /** With whatever line ends it came: DATA makes them CRLF. */
  readonly octets: Buffer;
  /** Of To, Cc and Bcc; empty unless asked for. */
  readonly recipients: readonly string[];
  readonly isHeader8bit: boolean;
  readonly is8bit: boolean;
}

const LF = 10;
const CR = 13;
const fieldStart = /^[!-9;-~]+[ \t]*:/;

/** Up to a line with a dot alone, which is how a person at a terminal ends a message. */
export function cutAtDot(input: Buffer): Buffer {
  for (let start = 0; start < input.length;) {
    const at = input.indexOf(LF, start);
    const end = at < 0 ? input.length : at;
    const bare = input[end - 1] === CR ? end - 1 : end;
    if (bare - start === 1 && input[start] === 46) return input.subarray(0, start);
    start = end + 1;
  }
  return input;
}

/**
 * Adds Date, Message-ID and From where they are missing (RFC 5322 section 3.6). With `readRecipients` it takes them from To,
 * Cc and Bcc, or from their Resent- forms when the message has those (section 3.6.6), and takes Bcc out.
 */
export function prepareMessage(input: Buffer, readRecipients: boolean, defaults: MessageDefaults): PreparedMessage {
  const { header, body } = splitHeader(input);
  const parsed = parseHeader(header.toString('latin1'));
  const recipients = readRecipients ? recipientsOf(parsed, defaults.domain) : [];
  const kept = readRecipients ? withoutBcc(parsed) : parsed.text;
  const added = missingFields(parsed, defaults);
  const octets = Buffer.concat([Buffer.from(added + kept, 'latin1'), Buffer.from('\r\n'), body]);
  const isHeader8bit = /[\x80-\xff]/.test(kept);
  return { octets, recipients, isHeader8bit, is8bit: isHeader8bit || body.some((octet) => octet > 127) };
}

/** Addresses of one text as it stands in a header or on the command line, UTF-8 octets as Latin-1. */
export function addressesOf(raw: string, domain: string): string[] {
  return parseAddresses(raw)
    .filter(({ localPart }) => localPart !== '')
    .map((address) => printAddress({ localPart: address.localPart, domain: address.domain || domain }));
}

/** The lines that look like fields, each with its line end; the blank line belongs to neither. */
function splitHeader(input: Buffer): { readonly header: Buffer; readonly body: Buffer } {
  // The line that mailbox files put between messages.
  const begin = input.subarray(0, 5).toString('latin1') === 'From ' ? nextLine(input, 0) : 0;
  let at = begin;
  while (at < input.length) {
    const next = nextLine(input, at);
    const line = input.toString('latin1', at, Math.min(next, at + 1000)).trimEnd();
    if (line === '') return { header: input.subarray(begin, at), body: input.subarray(next) };
    const isFold = at > begin && (input[at] === 32 || input[at] === 9);
    if (!isFold && !fieldStart.test(line)) break;
    at = next;
  }
  const header = input.subarray(begin, at);
  const isEnded = header.length === 0 || header.at(-1) === LF;
  return { header: isEnded ? header : Buffer.concat([header, Buffer.from('\r\n')]), body: input.subarray(at) };
}

function nextLine(input: Buffer, from: number): number {
  const at = input.indexOf(LF, from);
  return at < 0 ? input.length : at + 1;
}

function recipientsOf({ fields }: Header, domain: string): string[] {
  const names = ['to', 'cc', 'bcc'];
  const resent = names.map((name) => `resent-${name}`);
  const wanted = fields.some(({ name }) => resent.includes(name)) ? resent : names;
  return fields.filter(({ name }) => wanted.includes(name)).flatMap(({ raw }) => addressesOf(raw, domain));
}

function withoutBcc({ text, fields }: Header): string {
  const hidden = fields.filter(({ name }) => name === 'bcc' || name === 'resent-bcc');
  let out = '';
  let at = 0;
  for (const { start, end } of hidden) {
    out += text.slice(at, start);
    at = end;
  }
  return out + text.slice(at);
}

function missingFields(header: Header, { from, fullName, now, id, domain }: MessageDefaults): string {
  const lacks = (name: string): boolean => findField(header, name) === undefined;
  const date = now.toUTCString().replace('GMT', '+0000');
  const added = [
    lacks('from') ? printHeaderField('From', printMailbox(fullName ?? '', from)) : '',
    lacks('date') ? printHeaderField('Date', date) : '',
    lacks('message-id') ? printHeaderField('Message-ID', `<${id}@${domain}>`) : '',
  ].join('');
  return Buffer.from(added, 'utf8').toString('latin1');
}
