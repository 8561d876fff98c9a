import type { Session } from './session.ts';

/** How a FETCH response with a uid begins, up to its next item: `* 5 FETCH (UID 7 `, or `* 7 UIDFETCH (` after ENABLE UIDONLY (RFC 9586). */
export function fetchHead(session: Session, position: number, uid: number): string {
  return session.uidOnly ? `* ${uid} UIDFETCH (` : `* ${position + 1} FETCH (UID ${uid} `;
}
