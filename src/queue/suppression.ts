import { hash } from 'node:crypto';
import type { RemoteReply } from './queued.ts';

const dayMs = 24 * 3_600_000;

/** For how long an address stays suppressed that its server refused. Not for ever: servers err, and mailboxes come back. */
export const suppressedForMs = 30 * dayMs;

/** What stands for one reader: without the detail behind `+` or `-` and without dots, in lower case (spec section 6.9). */
export function baseAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).toLowerCase();
  // A local part that begins with a separator is all there is.
  const cut = /^[^+]+/.exec(local)?.[0] ?? local;
  const base = /^[^-]+/.exec(cut)?.[0] ?? cut;
  return `${base.replaceAll('.', '') || local}@${address.slice(at + 1).toLowerCase()}`;
}

/** 48 bits that stand for a recipient in the limits for senders. */
export function recipientKey(address: string): number {
  return hash('sha256', address.toLowerCase(), 'buffer').readUIntBE(0, 6);
}

/** Codes that say by themselves that there is nobody to write to (RFC 5321 section 4.2.3, RFC 7504). */
const goneCodes: ReadonlySet<number> = new Set([521, 551, 553, 556]);
/** The same in enhanced codes: no such mailbox or system, moved, disabled (RFC 3463 sections 3.2 and 3.3). */
const goneStatuses = /^5\.(?:1\.[1236]|1\.10|2\.1)$/;

/**
 * True: writing there again would harm the sender's name, since nobody reads it. A refusal for reasons of policy (5.7.x)
 * says nothing about the address, nor does a bare 550, which many send for everything.
 */
export function saysGone(reply: RemoteReply): boolean {
  if (reply.enhanced !== undefined) return reply.code >= 500 && goneStatuses.test(reply.enhanced);
  return goneCodes.has(reply.code);
}
