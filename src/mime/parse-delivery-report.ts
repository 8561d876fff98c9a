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
/** Groups of fields that are looked at: of the message, of its recipient, and empty ones. */
const maxGroups = 50;

const actions: ReadonlySet<string> = new Set(['failed', 'delayed', 'delivered', 'relayed', 'expanded']);

/**
 * Reads a report about one recipient off the first octets of a message (RFC 3464, RFC 6533); undefined when it is none, or
 * about several. Takes what programs make of it: in another multipart than a report, without a group for the message, with
 * the recipient in that group, blank lines where none belong, without Status or Final-Recipient. Never throws.
 */
export function parseDeliveryReport(octets: Uint8Array): DeliveryReport | undefined {
  const root = scanMessage(octets, limits);
  if (root.type !== 'multipart') return undefined;
  const part = findStatus(root);
  if (part === undefined) return undefined;
  const body = octets.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + maxPartBytes));
  const decoded = decodeTransfer(body, part.encoding);
  if (decoded === undefined) return undefined;
  const { buffer, byteOffset, length } = decoded;
  const text = Buffer.from(buffer, byteOffset, length).toString(part.subtype.startsWith('global') ? 'utf8' : 'latin1');
  const groups = text
    .split(/(?:\r?\n){2}/, maxGroups)
    .filter((group) => group.trim() !== '')
    .map((group) => parseHeader(`${group.replace(/^[\r\n]+/, '')}\r\n`));
  const [recipient, second] = groups.filter((group) => recipientOf(group) !== '');
  const [message] = groups;
  return message === undefined || recipient === undefined || second !== undefined
    ? undefined
    : readGroup(message, recipient);
}

/** In multiparts at any depth, but not in messages inside. */
function findStatus(parent: Part): Part | undefined {
  for (const part of parent.children) {
    if (part.type === 'message' && /^(?:global-)?delivery-status$/.test(part.subtype)) return part;
    const inner = findStatus(part);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Without its type and without angle brackets. */
function recipientOf(group: Header): string {
  const field = valueOf(group, 'final-recipient') || valueOf(group, 'original-recipient');
  const address = withoutType(field);
  return /^<(.*)>$/.exec(address)?.[1] ?? address;
}

function readGroup(message: Header, group: Header): DeliveryReport | undefined {
  const diagnostic = valueOf(group, 'diagnostic-code');
  const said = withoutType(diagnostic).slice(0, maxText);
  const code = /^smtp\s*;/i.test(diagnostic) ? /^([245]\d\d)(?:[ -]|$)/.exec(said)?.[1] : undefined;
  const status = statusOf(group, said, code);
  const action = status === undefined ? undefined : actionOf(group, status);
  if (status === undefined || action === undefined) return undefined;
  return {
    action,
    status,
    code: code === undefined ? Number(status.charAt(0)) * 100 : Number(code),
    text: said,
    recipient: recipientOf(group).slice(0, maxText),
    host: withoutType(valueOf(group, 'remote-mta') || valueOf(message, 'reporting-mta')).slice(0, 255),
  };
}

/** Status, or where there is none what the server said. RFC 3463 section 2. */
function statusOf(group: Header, said: string, code: string | undefined): string | undefined {
  const field = valueOf(group, 'status');
  if (field !== '') return /^[245]\.\d{1,3}\.\d{1,3}$/.exec(firstWord(field))?.[0];
  if (code === undefined) return undefined;
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(said)?.[1];
  return enhanced?.charAt(0) === code.charAt(0) ? enhanced : `${code.charAt(0)}.0.0`;
}

/** Action; one that is missing can only mean that it failed, if the status says so. */
function actionOf(group: Header, status: string): DeliveryReport['action'] | undefined {
  const field = firstWord(valueOf(group, 'action')).toLowerCase();
  if (field === '') return status.startsWith('5') ? 'failed' : undefined;
  return isAction(field) ? field : undefined;
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
