import { randomFillSync } from 'node:crypto';

const OCTETS = 9;
const pool = Buffer.alloc(OCTETS * 256);
let next = pool.length;

/**
 * A name for a session, 12 characters of base64url from 72 random bits. It stands in replies and Received fields as well as
 * in the log: an operator finds the session by it, an outsider learns nothing from it. spec/protocols.md section 0.3.
 */
export function newSessionId(): string {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const id = pool.toString('base64url', next, next + OCTETS);
  next += OCTETS;
  return id;
}
