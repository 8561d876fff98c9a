import type { ThreadNames } from '../mime/thread-names.ts';
import { hash48 } from './hash48.ts';

/** What threads are made of, by hash: the column `email.threading`. */
export interface ThreadFacts {
  readonly isReply: boolean;
  /** 0: the empty subject. */
  readonly subject: number;
  /** The message itself; 0: it has no id. */
  readonly id: number;
  /** The oldest first. */
  readonly references: readonly number[];
}

const hashBytes = 6;

/** One octet of marks, then hashes of 48 bits: subject, own id, references. */
export function packThreadFacts({ id, references, subject, isReply }: ThreadNames): Uint8Array {
  const octets = Buffer.alloc(1 + hashBytes * (2 + references.length));
  octets[0] = isReply ? 1 : 0;
  octets.writeUIntBE(subject === '' ? 0 : hash48(subject), 1, hashBytes);
  octets.writeUIntBE(id === undefined ? 0 : hash48(id), 1 + hashBytes, hashBytes);
  let at = 1 + 2 * hashBytes;
  for (const reference of references) at = octets.writeUIntBE(hash48(reference), at, hashBytes);
  return octets;
}

/** Octets of another length than `packThreadFacts` makes read as a message without id and subject. */
export function unpackThreadFacts(octets: Uint8Array): ThreadFacts {
  if (!isThreadFacts(octets)) return { isReply: false, subject: 0, id: 0, references: [] };
  const references: number[] = [];
  for (let at = 1 + 2 * hashBytes; at < octets.length; at += hashBytes) references.push(readHash(octets, at));
  return { isReply: octets[0] === 1, subject: readHash(octets, 1), id: readHash(octets, 1 + hashBytes), references };
}

export function isThreadFacts(octets: Uint8Array): boolean {
  return octets.length >= 1 + 2 * hashBytes && octets.length % hashBytes === 1;
}

function readHash(octets: Uint8Array, at: number): number {
  const high = ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
  const low = ((octets[at + 2] ?? 0) << 24) | ((octets[at + 3] ?? 0) << 16) | ((octets[at + 4] ?? 0) << 8);
  return high * 0x1_0000_0000 + ((low | (octets[at + 5] ?? 0)) >>> 0);
}
