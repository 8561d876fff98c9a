import { decodeTransfer } from './decode-transfer.ts';
import { findField, parseHeader, trimBlanks, unfold, type Header } from './parse-header.ts';
import type { Part } from './part.ts';
import { scanMessage } from './scan-message.ts';

/** What a delivery status notification says of its one recipient. RFC 3464 section 2.3. */
export interface DeliveryReport {
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** `5.1.1` */
  readonly status: string;
  /** Of the Diagnostic-Code, or made of the status: 400, 500. */
  readonly code: number;
  /** What the server that refused it said; '' when it is not told. At most 500 characters. */
  readonly text: string;
  /** Final-Recipient, without its type. At most 500 characters. */
  readonly recipient: string;
  /** Remote-MTA or Reporting-MTA, without its type. At most 255 characters. */
  readonly host: string;
}

const limits = { depth: 4, parts: 50, headerBytes: 64 * 1024, totalHeaderBytes: 256 * 1024 };
/** Octets of the part that are looked at. */
const maxPartBytes = 64 * 1024;
const maxText = 500;

const actions: ReadonlySet<string> = new Set(['failed', 'delayed', 'delivered', 'relayed', 'expanded']);

/**
 * Reads a report about one recipient off the first octets of a message (RFC 3464, RFC 6533); undefined when it is none, or
 * about several. Never throws.
 */
export function parseDeliveryReport(octets: Uint8Array): DeliveryReport | undefined {
  const root = scanMessage(octets, limits);
  if (root.type !== 'multipart' || root.subtype !== 'report') return undefined;
  const part = root.children.find(isStatus);
  if (part === undefined) return undefined;
  const body = octets.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + maxPartBytes));
  const decoded = decodeTransfer(body, part.encoding);
  if (decoded === undefined) return undefined;
  const { buffer, byteOffset, length } = decoded;
  const text = Buffer.from(buffer, byteOffset, length).toString(part.subtype.startsWith('global') ? 'utf8' : 'latin1');
  const [message, recipient, second] = text
    .split(/(?:\r?\n){2}/, 4)
    .filter((group) => group.trim() !== '')
    .map((group) => parseHeader(`${group}\r\n`));
  if (message === undefined || recipient === undefined || second !== undefined) return undefined;
  return readGroup(message, recipient);
}

function isStatus({ type, subtype }: Part): boolean {
  return type === 'message' && (subtype === 'delivery-status' || subtype === 'global-delivery-status');
}

function readGroup(message: Header, group: Header): DeliveryReport | undefined {
  const action = firstWord(valueOf(group, 'action')).toLowerCase();
  const status = firstWord(valueOf(group, 'status'));
  if (!isAction(action) || !/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) return undefined;
  const diagnostic = valueOf(group, 'diagnostic-code');
  const said = withoutType(diagnostic).slice(0, maxText);
  const code = /^smtp\s*;/i.test(diagnostic) ? /^([245]\d\d)(?:[ -]|$)/.exec(said)?.[1] : undefined;
  return {
    action,
    status,
    code: code === undefined ? Number(status.charAt(0)) * 100 : Number(code),
    text: said,
    recipient: withoutType(valueOf(group, 'final-recipient')).slice(0, maxText),
    host: withoutType(valueOf(group, 'remote-mta') || valueOf(message, 'reporting-mta')).slice(0, 255),
  };
}

function isAction(text: string): text is DeliveryReport['action'] {
  return actions.has(text);
}

function valueOf(header: Header, name: string): string {
  return trimBlanks(unfold(findField(header, name)?.raw ?? ''));
}

/** Comments may follow (RFC 3464 section 2.1.1). */
function firstWord(text: string): string {
  return /^[^\s(;]*/.exec(text)?.[0] ?? '';
}

function withoutType(text: string): string {
  const end = text.indexOf(';');
  return trimBlanks(end < 0 ? text : text.slice(end + 1));
}
