/** The thread that decodes large messages for a search, so that they hold up no other session. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import type { SqlRow } from '../sql/statement.ts';
import type { TextQuery } from '../text-query.ts';
import { matchMessage } from './message-text.ts';
import { TextNeedle } from './text-needle.ts';

export interface MatchRequest {
  readonly id: number;
  /** `messageTextColumns`. */
  readonly row: SqlRow;
  readonly query: TextQuery;
}

export type MatchAnswer =
  | { readonly id: number; readonly matches: boolean }
  | { readonly id: number; readonly failure: string };

function start(port: MessagePort, place: string): void {
  const blobs = openBlobStore(place);
  port.on('message', ({ id, row, query }: MatchRequest) => {
    matchMessage(row, new TextNeedle(query), blobs).then(
      (matches) => port.postMessage({ id, matches } satisfies MatchAnswer),
      (error: unknown) => port.postMessage({ id, failure: String(error) } satisfies MatchAnswer),
    );
  });
}

if (parentPort !== null) start(parentPort, String(workerData));
