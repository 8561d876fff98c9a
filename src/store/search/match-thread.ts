/** The thread that decodes large messages for a search, so that they hold up no other session. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import type { SqlRow } from '../sql/statement.ts';
import type { TextQuery } from '../text-query.ts';
import { answerRequests } from './answer-requests.ts';
import { matchMessage, openTexts } from './message-text.ts';
import { TextNeedle } from './text-needle.ts';

/** The answer: does the message match? */
export interface MatchRequest {
  /** `messageTextColumns`. */
  readonly row: SqlRow;
  readonly query: TextQuery;
}

function start(port: MessagePort, place: string): void {
  const blobs = openBlobStore(place);
  answerRequests(port, async ({ row, query }: MatchRequest) => {
    const [stored] = openTexts([row]);
    return stored !== undefined && matchMessage(stored, new TextNeedle(query), blobs);
  });
}

if (parentPort !== null) start(parentPort, String(workerData));
