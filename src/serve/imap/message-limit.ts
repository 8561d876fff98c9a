import { countPositions } from './positions.ts';
import { No } from './refusal.ts';
import type { Done, Reply } from './respond.ts';
import type { Session } from './session.ts';
import type { PositionRanges, View } from './view.ts';

/** What one command may work on, of what a client named. */
export interface Limited {
  /** The highest ones, at most as many as MESSAGELIMIT says. */
  readonly positions: PositionRanges;
  /** The response code, where some were left out. */
  readonly code: string | undefined;
}

/** Leaves the messages with the highest uids. RFC 9738 section 3.1. */
export function limitMessages(session: Session, view: View, positions: PositionRanges): Limited {
  const limit = session.options.messageLimit;
  if (limit === undefined || countPositions(positions) <= limit) return { positions, code: undefined };
  const kept: [number, number][] = [];
  let left = limit;
  for (let at = positions.length - 1; at >= 0 && left > 0; at--) {
    const [first, last] = positions[at] ?? [0, -1];
    const from = Math.max(first, last - left + 1);
    kept.unshift([from, last]);
    left -= last - from + 1;
  }
  return { positions: kept, code: `MESSAGELIMIT ${limit} ${view.uidAt(kept[0]?.[0] ?? 0)}` };
}

/** The same for commands that do all or nothing. @throws No MESSAGELIMIT */
export function insistOnLimit(session: Session, view: View, positions: PositionRanges): void {
  const { code } = limitMessages(session, view, positions);
  if (code !== undefined) throw new No('too many messages at once', code);
}

/** The end of a command that may have left out some: another code has precedence in the tagged answer. RFC 9738 section 3.1. */
export function endLimited(done: Done, { code }: Limited, reply: Reply): Done {
  if (code === undefined) return done;
  const text = 'the last messages are done, repeat for the others';
  if (done.code === undefined) return { ...done, code, text };
  reply.untagged(`NO [${code}] ${text}`);
  return done;
}
